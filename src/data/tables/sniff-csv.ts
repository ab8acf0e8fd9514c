/** Guesses the form of delimiter-separated text from its beginning. Every guess can be overruled. */
import { DataError } from "../../base/errors.ts";
import { cellText, shown } from "./cell-text.ts";
import type { ColumnKind } from "./column-builder.ts";
import { cellScan, isBreak, passBreak, scanCell } from "./csv-cell.ts";
import { numberOf, type NumberFormat } from "./number-cell.ts";

export interface CsvForm {
  readonly delimiter: string;
  readonly header: boolean;
  readonly names: readonly string[];
  readonly kinds: readonly ColumnKind[];
  readonly format: NumberFormat;
}

export interface CsvGuesses {
  readonly delimiter?: string | undefined;
  readonly header?: boolean | undefined;
  readonly decimal?: "." | "," | undefined;
  readonly thousands?: string | undefined;
}

/** In the order of preference where two fit equally well. */
const DELIMITERS = ["\t", ";", "|", ","] as const;
/** Rows that delimiter and header are guessed from; types are guessed from all that is there. */
const LOOKED_AT = 200;
/** A column is numeric if at least this share of its known cells are numbers; the others are errors. */
const NUMERIC_SHARE = 0.9;

/**
 * The form of a file whose first bytes are `head`, or all of it if `complete`.
 *
 * Errors: DataError for a file without rows, or whose header names two columns alike.
 */
export function sniffCsv(
  head: Uint8Array,
  complete: boolean,
  file: string,
  missing: ReadonlySet<string>,
  given: CsvGuesses,
): CsvForm {
  const delimiter = given.delimiter ?? guessDelimiter(head, complete);
  const rows = sampleRows(head, complete, delimiter, Number.POSITIVE_INFINITY);
  const [first] = rows;
  if (first === undefined) {
    throw new DataError(
      `${file}: must hold at least one row, got ${complete ? "none" : "a row longer than a megabyte"}`,
    );
  }
  const decimal = given.decimal ?? guessDecimal(rows, delimiter);
  const format: NumberFormat = { decimal, thousands: given.thousands ?? null };
  const header = given.header ?? guessHeader(first, rows[1], format, missing);
  const body = header ? rows.slice(1) : rows;
  return {
    delimiter,
    header,
    format,
    names: header ? headerNames(first, file) : first.map((_, i) => `column ${i + 1}`),
    kinds: first.map((_, column) => kindOf(body, column, format, missing)),
  };
}

/** The delimiter that divides most rows into the same number of cells, more than one. */
function guessDelimiter(head: Uint8Array, complete: boolean): string {
  let best = { delimiter: ",", share: 0 };
  for (const delimiter of DELIMITERS) {
    const counts = sampleRows(head, complete, delimiter, LOOKED_AT).map((row) => row.length);
    const expected = counts[0] ?? 1;
    const share = counts.filter((count) => count === expected).length / counts.length;
    if (expected > 1 && share > best.share) best = { delimiter, share };
  }
  return best.delimiter;
}

/** The cells of the rows that are whole, as text without the spaces around it. */
function sampleRows(
  head: Uint8Array,
  complete: boolean,
  delimiter: string,
  most: number,
): string[][] {
  const bytes = new Uint8Array(head.length + 1);
  bytes.set(head);
  bytes[head.length] = 10;
  const scan = cellScan();
  const rows: string[][] = [];
  const code = delimiter.charCodeAt(0);
  let row: string[] = [];
  while (scan.at < head.length && rows.length < most) {
    if (row.length === 0 && isBreak(bytes[scan.at]!)) {
      passBreak(bytes, scan);
      continue;
    }
    if (scanCell(bytes, head.length, code, scan) === "unclosed") break;
    const text = (cellText(bytes, scan.start, scan.end) ?? "").trim();
    row.push(scan.doubled ? text.replaceAll('""', '"') : text);
    while (bytes[scan.at] !== code && !isBreak(bytes[scan.at]!)) scan.at++;
    if (bytes[scan.at] === code && scan.at < head.length) {
      scan.at++;
      if (scan.at < head.length || !complete) continue;
      row.push("");
    }
    if (scan.at >= head.length && !complete) break;
    passBreak(bytes, scan);
    rows.push(row);
    row = [];
  }
  return rows;
}

/** A decimal comma, if numbers with one are there and none with a point. */
function guessDecimal(rows: readonly (readonly string[])[], delimiter: string): "." | "," {
  if (delimiter === ",") return ".";
  let commas = 0;
  for (const cell of rows.slice(0, LOOKED_AT).flat()) {
    if (/^[-+]?\d*\.\d+$/.test(cell)) return ".";
    if (/^[-+]?\d+,\d+$/.test(cell)) commas++;
  }
  return commas > 0 ? "," : ".";
}

/** Names are texts, none of them a number; distinct ones, unless numbers stand below them. */
function guessHeader(
  first: readonly string[],
  second: readonly string[] | undefined,
  format: NumberFormat,
  missing: ReadonlySet<string>,
): boolean {
  if (second === undefined) return false;
  const isNumber = (cell: string): boolean => numberOf(cell, format) !== null;
  const named = first.filter((cell) => cell !== "");
  if (named.length === 0 || named.some((cell) => isNumber(cell) || missing.has(cell))) return false;
  return new Set(named).size === named.length || second.some(isNumber);
}

function headerNames(first: readonly string[], file: string): string[] {
  const names = first.map((name, i) => (name === "" ? `column ${i + 1}` : name));
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice === undefined) return names;
  throw new DataError(
    `${file}: line 1, columns must have distinct names, got ${shown(twice)} twice; rename one, or say that there is no header`,
  );
}

function kindOf(
  rows: readonly (readonly string[])[],
  column: number,
  format: NumberFormat,
  missing: ReadonlySet<string>,
): ColumnKind {
  let known = 0;
  let numeric = 0;
  for (const row of rows) {
    const cell = row[column] ?? "";
    if (missing.has(cell)) continue;
    known++;
    if (numberOf(cell, format) !== null || nearlyNumber(cell)) numeric++;
  }
  return numeric >= NUMERIC_SHARE * known ? "number" : "category";
}

/** Written as numbers are, though not as this file's: an error to report, not a category. */
function nearlyNumber(cell: string): boolean {
  return /^[-+]?(\d{1,3}([.,' ]\d{3})+([.,]\d+)?|\d+[.,]\d+|inf|infinity)$/i.test(cell);
}
