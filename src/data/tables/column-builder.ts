/** Columns that grow row by row without ever being copied whole: a list of equal segments. */
import type { CategoryColumn, Column, NumberColumn } from "./table.ts";

export type ColumnKind = "number" | "category" | "ignored";

type Segment = Float64Array | Int32Array;

export interface ColumnBuilder {
  readonly name: string;
  readonly kind: ColumnKind;
  /** Where the cells of the current segment go: numbers, or codes. */
  current: Segment;
  /** Codes of the texts seen so far; -1 for those that mean that nothing is known. */
  readonly codes: Map<string, number>;
  readonly labels: string[];
  readonly full: Segment[];
}

/** Cells of all columns' segments together: 32 MB of numbers is what a file may waste. */
const CELLS = 2 ** 22;
const LONGEST_SEGMENT = 2 ** 16;

/** Rows of a segment: a table may be long or wide. */
export function segmentRows(columns: number): number {
  return Math.max(16, Math.floor(Math.min(LONGEST_SEGMENT, CELLS / columns)));
}

/** `missing` are the texts that mean that nothing is known. */
export function columnBuilder(
  name: string,
  kind: ColumnKind,
  missing: Iterable<string>,
  rows: number,
): ColumnBuilder {
  const codes = new Map([...missing].map((text) => [text, -1]));
  return { name, kind, current: emptySegment(kind, rows), codes, labels: [], full: [] };
}

function emptySegment(kind: ColumnKind, rows: number): Segment {
  if (kind === "number") return new Float64Array(rows);
  return new Int32Array(kind === "category" ? rows : 0);
}

/** The current segment is full: puts it away and begins another. */
export function nextSegment(builder: ColumnBuilder, rows: number): void {
  if (builder.kind === "ignored") return;
  builder.full.push(builder.current);
  builder.current = emptySegment(builder.kind, rows);
}

/** One column of `rows` cells. The builder's segments are given up as they are copied. */
export function finishColumn(builder: ColumnBuilder, rows: number): Column {
  return builder.kind === "number" ? numberColumn(builder, rows) : categoryColumn(builder, rows);
}

/** All cells so far. One segment that was sized well becomes the column as it is. */
function joined<T extends Segment>(
  { full, current }: ColumnBuilder,
  rows: number,
  make: (length: number) => T,
): T {
  if (full.length === 0 && 2 * rows > current.length) return current.subarray(0, rows) as T;
  const into = make(rows);
  full.push(current);
  let at = 0;
  for (let part = full.shift(); part !== undefined; part = full.shift()) {
    into.set(part.subarray(0, into.length - at), at);
    at += Math.min(part.length, into.length - at);
  }
  return into;
}

function numberColumn(builder: ColumnBuilder, rows: number): NumberColumn {
  const values = joined(builder, rows, (length) => new Float64Array(length));
  let missing = 0;
  for (let row = 0; row < rows; row++) if (Number.isNaN(values[row]!)) missing++;
  return Object.freeze({ kind: "number", name: builder.name, values, missing });
}

function categoryColumn(builder: ColumnBuilder, rows: number): CategoryColumn {
  const codes = joined(builder, rows, (length) => new Int32Array(length));
  return orderedCategories(builder.name, codes, builder.labels);
}

/**
 * A column whose labels are sorted, so that its codes do not depend on the order of rows, and all
 * used: a row that was left out leaves no label behind. Changes `codes` in place.
 */
export function orderedCategories(
  name: string,
  codes: Int32Array,
  found: readonly string[],
): CategoryColumn {
  const used = new Uint8Array(found.length);
  let missing = 0;
  for (const code of codes) {
    if (code < 0) missing++;
    else used[code] = 1;
  }
  const kept = found.flatMap((label, code) => (used[code] === 1 ? [{ label, code }] : []));
  kept.sort((a, b) => (a.label < b.label ? -1 : 1));
  const place = new Int32Array(found.length);
  kept.forEach(({ code }, index) => {
    place[code] = index;
  });
  for (let row = 0; row < codes.length; row++) {
    if (codes[row]! >= 0) codes[row] = place[codes[row]!]!;
  }
  const labels = Object.freeze(kept.map(({ label }) => label));
  return Object.freeze({ kind: "category", name, codes, labels, missing });
}
