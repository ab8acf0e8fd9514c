import { DataError } from "../../base/errors.ts";
import { shown } from "./cell-text.ts";
import { orderedCategories } from "./column-builder.ts";
import type { Column } from "./table.ts";

/**
 * A column of values that a file has typed already: numbers (whole ones of 64 bits and truth values
 * too), texts, times as milliseconds since 1970; null where a cell is missing.
 *
 * Errors: DataError with file, row and column for an infinite number, a nested value, or texts
 *         among numbers.
 */
export function valueColumn(name: string, values: ArrayLike<unknown>, file: string): Column {
  const texts = indexOf(values, (value) => typeof value === "string");
  return texts < 0 ? numberColumn(name, values, file) : textColumn(name, values, file);
}

function indexOf(values: ArrayLike<unknown>, holds: (value: unknown) => boolean): number {
  for (let row = 0; row < values.length; row++) if (holds(values[row])) return row;
  return -1;
}

function numberColumn(name: string, values: ArrayLike<unknown>, file: string): Column {
  const numbers = new Float64Array(values.length);
  let missing = 0;
  for (let row = 0; row < values.length; row++) {
    const value = values[row];
    const number = numberFrom(value);
    if (number === null) refuse(file, row, name, "a finite number, a text or nothing", value);
    if (Number.isNaN(number)) missing++;
    numbers[row] = number;
  }
  return Object.freeze({ kind: "number", name, values: numbers, missing });
}

/** NaN for nothing; null for what is no number. */
function numberFrom(value: unknown): number | null {
  if (value === null || value === undefined) return Number.NaN;
  if (typeof value === "number") return Math.abs(value) === Number.POSITIVE_INFINITY ? null : value;
  if (typeof value === "bigint" || typeof value === "boolean") return Number(value);
  return value instanceof Date ? value.getTime() : null;
}

function textColumn(name: string, values: ArrayLike<unknown>, file: string): Column {
  const codes = new Int32Array(values.length);
  const labels: string[] = [];
  const known = new Map<string, number>();
  for (let row = 0; row < values.length; row++) {
    const value = values[row] ?? null;
    if (value !== null && typeof value !== "string") {
      refuse(file, row, name, "a text, as others of this column are", value);
    }
    const code = value === null ? -1 : (known.get(value) ?? labels.push(value) - 1);
    if (value !== null) known.set(value, code);
    codes[row] = code;
  }
  return orderedCategories(name, codes, labels);
}

function refuse(file: string, row: number, name: string, rule: string, value: unknown): never {
  const plain = ["number", "bigint", "boolean", "string"].includes(typeof value);
  const found = plain ? `${value as number}` : "a nested value";
  throw new DataError(
    `${file}: row ${row + 1}, column ${shown(name)} must hold ${rule}, got ${found}; ignore the column or correct it`,
  );
}
