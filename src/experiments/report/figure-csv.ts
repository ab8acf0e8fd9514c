import type { DataTable } from "./figure.ts";

/** A figure's numbers as CSV: RFC 4180, a heading first, numbers written so that nothing is lost. */
export function figureCsv({ columns, rows }: DataTable): string {
  return [columns, ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

function cell(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
