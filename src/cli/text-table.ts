/** Columns of plain text; numbers stand to the right. The first row is the heading. */
export function textTable(rows: readonly (readonly string[])[]): string {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, at) =>
    Math.max(...rows.map((row) => row[at]?.length ?? 0)),
  );
  const numeric = widths.map((_, at) =>
    rows
      .slice(1)
      .every((row) => /^(>= )?[-+~]?[\d.,]+( ?%| ?[a-zA-Z/]+)?$|^-?$/.test(row[at] ?? "")),
  );
  const show = (row: readonly string[]): string =>
    widths
      .map((width, at) =>
        numeric[at] ? (row[at] ?? "").padStart(width) : (row[at] ?? "").padEnd(width),
      )
      .join("  ")
      .trimEnd();
  return rows.map(show).join("\n");
}
