import { DataError, OptionError } from "../../base/errors.ts";
import { columnBuilder, finishColumn, segmentRows, type ColumnKind } from "./column-builder.ts";
import { csvParser } from "./csv-parser.ts";
import { sniffCsv, type CsvForm } from "./sniff-csv.ts";
import type { Table } from "./table.ts";
import { chunksOf, utf8Chunks, withHead, type ByteSource } from "./utf8-chunks.ts";

/** How far reading has come. */
export interface TableProgress {
  /** Bytes read, of the file as UTF-8. */
  readonly bytes: number;
  readonly rows: number;
}

export interface CsvOptions {
  /** Of the file, for messages. Defaults to *table*. */
  readonly name?: string;
  /** A single character. Defaults to *the one that divides most rows alike*. */
  readonly delimiter?: string;
  /** Does the first row name the columns? Defaults to *whether it holds distinct texts and no number*. */
  readonly header?: boolean;
  /** A name that `TextDecoder` knows. Defaults to *what a byte order mark says, else UTF-8*. */
  readonly encoding?: string;
  /** Defaults to *a comma if numbers are written with one and none with a point*. */
  readonly decimal?: "." | ",";
  /** The mark between groups of three digits. Defaults to *none*. */
  readonly thousands?: string;
  /** Texts that mean that nothing is known. Defaults to *an empty cell, NA, N/A, NaN, null, None, ?*. */
  readonly missing?: readonly string[];
  /** Kinds of columns by name. Defaults to *a number where at least 90 % of the cells are one*. */
  readonly types?: Readonly<Record<string, "number" | "category">>;
  /** Columns to leave out. */
  readonly ignore?: readonly string[];
  /** The columns to take, if they are there. Defaults to *all*. */
  readonly only?: readonly string[];
  /** Rows that may be left out because something in them is wrong. Defaults to *0*. */
  readonly skipBad?: number;
  /** Different texts that a column may hold. Defaults to *100,000*. */
  readonly maxCategories?: number;
  /** Rows times columns. Defaults to *2^28*. */
  readonly maxCells?: number;
  /**
   * Bytes of the file. Columns are made of the right length at once if it is known, which saves
   * memory. Defaults to *the length of the bytes; unknown for a stream*.
   */
  readonly size?: number;
  /** Is told how far reading has come, every few hundred kilobytes. */
  readonly onProgress?: (progress: TableProgress) => void;
}

/** What is looked at before anything is parsed. */
const SAMPLE = 2 ** 20;

const MISSING = ["", "NA", "N/A", "n/a", "NaN", "nan", "-nan", "null", "NULL", "None", "none", "?"];

/**
 * Reads comma-, tab- or otherwise separated text into typed columns, as it comes: never more than
 * the columns and one piece of the file is held.
 *
 * Errors: DataError with file, line, column, what was found and what to do; OptionError for an
 *         option out of range, or that names a column the file does not have.
 */
export async function readCsv(source: ByteSource, options: CsvOptions = {}): Promise<Table> {
  const { name = "table", skipBad = 0, maxCategories = 100_000, maxCells = 2 ** 28 } = options;
  checkOptions(options, name);
  const missing = new Set(options.missing ?? MISSING);
  let encoding = "utf-8";
  const found = (text: string): void => void (encoding = text);
  const text = utf8Chunks(chunksOf(source), { file: name, encoding: options.encoding, found });
  const { head, rest } = await withHead(text, SAMPLE);
  refuseBinary(head, name);
  const form = sniffCsv(head, head.length < SAMPLE, name, missing, options);
  const kinds = kindsOf(form, options, name);
  const size = options.size ?? (source instanceof Uint8Array ? source.length : undefined);
  const firstSegment = roomFor({ size, sample: head, columns: kinds.length, maxCells });
  const columns = form.names.map((column, i) =>
    columnBuilder(column, kinds[i]!, missing, firstSegment),
  );
  const { delimiter, header, format } = form;
  const parser = csvParser({
    file: name,
    columns,
    firstSegment,
    delimiter,
    header,
    format,
    missing,
    skipBad,
    maxCategories,
    maxCells,
  });
  let bytes = 0;
  const push = (chunk: Uint8Array): void => {
    parser.push(chunk);
    bytes += chunk.length;
    options.onProgress?.({ bytes, rows: parser.rows() });
  };
  push(head);
  for await (const chunk of rest) push(chunk);
  const rows = parser.end();
  if (rows === 0) throw new DataError(`${name}: must hold at least one row of data, got none`);
  const kept = columns.filter(({ kind }) => kind !== "ignored");
  return Object.freeze({
    name,
    rows,
    columns: Object.freeze(kept.map((column) => finishColumn(column, rows))),
    form: Object.freeze({ format: "text", encoding, ...formText(form) }),
    skipped: Object.freeze([...parser.skipped]),
  });
}

function checkOptions(
  { delimiter, thousands, decimal, skipBad = 0 }: CsvOptions,
  name: string,
): void {
  const refuse = (rule: string, got: unknown): never => {
    throw new OptionError(`${name}: ${rule}, got ${JSON.stringify(got)}`);
  };
  if (delimiter !== undefined && !/^[^"\r\n\d\u0080-\uffff]$/.test(delimiter)) {
    refuse("delimiter must be one ASCII character, no digit and no quote", delimiter);
  }
  if (thousands !== undefined && (thousands.length !== 1 || thousands === (decimal ?? "."))) {
    refuse("thousands must be one character, another than the decimal mark", thousands);
  }
  if (!(Number.isSafeInteger(skipBad) && skipBad >= 0)) {
    refuse("skipBad must be an integer of at least 0", skipBad);
  }
}

/** Rows to expect: those of the sample, in proportion, and a few more; else a segment. */
function roomFor({ size, sample, columns, maxCells }: Expected): number {
  const usual = segmentRows(columns);
  if (size === undefined) return usual;
  let breaks = 0;
  for (const byte of sample) if (byte === 10) breaks++;
  const expected = Math.ceil(1.05 * (size / sample.length) * (breaks + 1));
  return Math.min(Math.max(usual, expected), Math.floor(maxCells / columns) + 1);
}

interface Expected {
  readonly size: number | undefined;
  readonly sample: Uint8Array;
  readonly columns: number;
  readonly maxCells: number;
}

function refuseBinary(head: Uint8Array, name: string): void {
  const starts = (...bytes: readonly number[]): boolean =>
    bytes.every((byte, i) => head[i] === byte);
  const refuse = (found: string, advice: string): never => {
    throw new DataError(`${name}: must be text, got ${found}; ${advice}`);
  };
  if (starts(0x50, 0x4b, 3, 4)) refuse("a zip file, such as a spreadsheet", "save it as CSV");
  if (starts(0x1f, 0x8b)) refuse("a gzip file", "unpack it first");
  const zero = head.subarray(0, 4096).indexOf(0);
  if (zero >= 0) refuse(`a zero byte at offset ${zero}`, "is it another format?");
}

function kindsOf({ names, kinds }: CsvForm, options: CsvOptions, name: string): ColumnKind[] {
  const { types = {}, ignore = [], only = names } = options;
  for (const wanted of [...Object.keys(types), ...ignore]) {
    if (names.includes(wanted)) continue;
    throw new OptionError(
      `${name}: has no column "${wanted}", its columns are ${names.slice(0, 20).join(", ")}`,
    );
  }
  return names.map((column, i) =>
    ignore.includes(column) || !only.includes(column) ? "ignored" : (types[column] ?? kinds[i]!),
  );
}

const DELIMITER_NAMES: Readonly<Record<string, string>> = {
  ",": "comma",
  "\t": "tab",
  ";": "semicolon",
  "|": "bar",
  " ": "space",
};

function formText({ delimiter, header, format }: CsvForm): Record<string, string> {
  return {
    delimiter: DELIMITER_NAMES[delimiter] ?? delimiter,
    header: header ? "yes" : "no",
    decimal: format.decimal === "." ? "point" : "comma",
    ...(format.thousands !== null && { thousands: format.thousands }),
  };
}
