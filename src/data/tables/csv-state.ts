/** Where a parser of delimiter-separated text stands, and what it does with a cell's text. */
import { DataError } from "../../base/errors.ts";
import { cellText, shown } from "./cell-text.ts";
import type { ColumnBuilder } from "./column-builder.ts";
import { cellScan, type CellScan } from "./csv-cell.ts";
import { numberOf, type NumberFormat } from "./number-cell.ts";
import type { BadRow } from "./table.ts";

export interface CsvParserOptions {
  readonly file: string;
  readonly columns: readonly ColumnBuilder[];
  /** Rows that the columns have room for as they are given. */
  readonly firstSegment: number;
  /** A single ASCII character. */
  readonly delimiter: string;
  /** Is the first row one of names? It is passed over. */
  readonly header: boolean;
  readonly format: NumberFormat;
  /** Texts that mean that nothing is known. */
  readonly missing: ReadonlySet<string>;
  /** Rows that may be left out because something in them is wrong. */
  readonly skipBad: number;
  readonly maxCategories: number;
  readonly maxCells: number;
}

export interface CsvState extends Omit<CsvParserOptions, "delimiter"> {
  readonly delimiter: number;
  readonly decimal: number;
  /** Rows of the columns' current segments. */
  segment: number;
  /** Rows in the segments before. */
  before: number;
  readonly scan: CellScan;
  readonly skipped: BadRow[];
  /** Bytes not yet made into rows, then a line feed that ends whatever runs on. */
  buffer: Uint8Array;
  length: number;
  /** Has the last byte come? */
  last: boolean;
  rows: number;
  /** Of the row at hand, from 1. */
  line: number;
  /** Line breaks within the row at hand. */
  breaks: number;
  /** What is wrong with the row at hand; the rest of it is passed over. */
  problem: string | null;
  inHeader: boolean;
}

export function csvState(options: CsvParserOptions): CsvState {
  return {
    ...options,
    delimiter: options.delimiter.charCodeAt(0),
    decimal: options.format.decimal.charCodeAt(0),
    segment: options.firstSegment,
    before: 0,
    scan: cellScan(),
    skipped: [],
    buffer: new Uint8Array(2 ** 16),
    length: 0,
    last: false,
    rows: 0,
    line: 1,
    breaks: 0,
    problem: null,
    inHeader: options.header,
  };
}

/** `column 3 ("price")`. */
export function placeOf({ columns }: CsvState, column: number): string {
  const name = columns[column]?.name;
  return `column ${column + 1}${name === undefined ? "" : ` (${shown(name)})`}`;
}

/** Stores the text just scanned in its column, or says what is wrong with it. */
export function storeText(state: CsvState, column: number, slot: number): void {
  const builder = state.columns[column];
  if (builder === undefined || builder.kind === "ignored") return;
  const { scan, buffer } = state;
  const raw = cellText(buffer, scan.start, scan.end);
  if (raw === null) {
    state.problem = `${placeOf(state, column)} must be UTF-8 text, got other bytes; name the file's encoding, such as windows-1252`;
    return;
  }
  const text = scan.doubled ? raw.replaceAll('""', '"') : raw;
  if (builder.kind === "number") storeNumber(state, column, slot, text.trim());
  else storeCategory(state, column, slot, scan.quoted ? text : text.trim());
}

function storeNumber(state: CsvState, column: number, slot: number, text: string): void {
  const { format, missing, columns } = state;
  const value = missing.has(text) ? Number.NaN : numberOf(text, format);
  if (value === null) state.problem = `${placeOf(state, column)} ${notANumber(text, format)}`;
  else columns[column]!.current[slot] = value;
}

function storeCategory(state: CsvState, column: number, slot: number, text: string): void {
  const builder = state.columns[column]!;
  const { codes, labels } = builder;
  let code = codes.get(text);
  if (code === undefined) {
    if (labels.length >= state.maxCategories) {
      throw new DataError(
        `${state.file}: line ${state.line}, ${placeOf(state, column)} must hold at most ` +
          `${state.maxCategories} different texts, got one more (${shown(text)}); ignore the column if it names rows`,
      );
    }
    code = labels.push(text) - 1;
    codes.set(text, code);
  }
  builder.current[slot] = code;
}

/** Why a text is no number here, and what to do about it. */
function notANumber(text: string, { decimal, thousands }: NumberFormat): string {
  const got = shown(text);
  const other = decimal === "." ? "," : ".";
  if (/^[-+]?(inf|infinity|∞|1\.#inf)$/i.test(text)) {
    return `must be a finite number, got ${got}; correct it, or name it as missing`;
  }
  if (thousands === null && numberOf(text, { decimal, thousands: other }) !== null) {
    return `must be a number, got ${got}; if "${other}" groups thousands there, set thousands to it; if it is the decimal mark, set decimal`;
  }
  if (numberOf(text, { decimal: other, thousands: null }) !== null) {
    return `must be a number, got ${got}; if "${other}" is the decimal mark, set decimal to it`;
  }
  return `must be a number, got ${got}; correct it, name it as missing, or make the column a category`;
}
