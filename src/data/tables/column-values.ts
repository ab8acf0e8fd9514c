/** A column's cells as numbers or as labels, whichever is wanted. */
import { DataError } from "../../base/errors.ts";
import type { CategoryColumn, Column, Table } from "./table.ts";

/** Over the known values at `rows`, in two passes; sd divides by their number. */
export function moments(
  values: Float64Array,
  rows: Uint32Array,
): { readonly mean: number; readonly sd: number; readonly count: number } {
  let count = 0;
  let sum = 0;
  for (const row of rows) {
    const value = values[row]!;
    if (Number.isNaN(value)) continue;
    count++;
    // A running mean: the sum of huge values could overflow.
    sum += (value - sum) / count;
  }
  const mean = sum;
  let squares = 0;
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const row of rows) {
    const value = values[row]!;
    if (Number.isNaN(value)) continue;
    squares += (value - mean) ** 2 / count;
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  // Equal values can have a mean that rounding moved beside them.
  return { mean, sd: most > least ? Math.sqrt(squares) : 0, count };
}

/** Errors: DataError for a column of texts. */
export function numbersOf(column: Column, table: Table): Float64Array {
  if (column.kind === "number") return column.values;
  throw new DataError(
    `${table.name}: column "${column.name}" must hold numbers, got texts such as "${column.labels[0] ?? ""}"`,
  );
}

/** A column of numbers where texts are wanted, such as codes that another file's rows all look like. */
export function labelledColumn(column: Column): CategoryColumn {
  if (column.kind === "category") return column;
  const labels: string[] = [];
  const known = new Map<number, number>();
  const codes = Int32Array.from(column.values, (value) => {
    if (Number.isNaN(value)) return -1;
    let code = known.get(value);
    if (code === undefined) known.set(value, (code = labels.push(String(value)) - 1));
    return code;
  });
  return { kind: "category", name: column.name, codes, labels, missing: column.missing };
}
