/**
 * Delimiter-separated text into typed columns, from bytes as they come. A number goes from its
 * bytes to its place with no string in between, which is what makes large files quick: parsers
 * that hand out strings reach a quarter to a half of the speed.
 */
import { DataError } from "../../base/errors.ts";
import { nextSegment, segmentRows } from "./column-builder.ts";
import { isBreak, passBreak, scanCell } from "./csv-cell.ts";
import { csvState, placeOf, storeText, type CsvParserOptions, type CsvState } from "./csv-state.ts";
import { plainNumber } from "./number-cell.ts";
import type { BadRow } from "./table.ts";

export interface CsvParser {
  push(bytes: Uint8Array): void;
  /** No more bytes follow. Returns the number of rows. */
  end(): number;
  rows(): number;
  readonly skipped: readonly BadRow[];
}

/** Longest row: what is longer has, more likely than not, a quote that nobody closed. */
const LONGEST_ROW = 2 ** 20;
const LINE_FEED = 10;

/** Errors, from `push` and `end`: DataError with file, line, column, what was found and what to do. */
export function csvParser(options: CsvParserOptions): CsvParser {
  const state = csvState(options);
  return Object.freeze({
    skipped: state.skipped,
    rows: () => state.rows,
    push(bytes: Uint8Array): void {
      append(state, bytes);
      parse(state);
    },
    end(): number {
      state.last = true;
      append(state, new Uint8Array(0));
      parse(state);
      return state.rows;
    },
  });
}

function append(state: CsvState, bytes: Uint8Array): void {
  const needed = state.length + bytes.length + 1;
  if (state.buffer.length < needed) {
    const larger = new Uint8Array(2 * needed);
    larger.set(state.buffer.subarray(0, state.length));
    state.buffer = larger;
  }
  state.buffer.set(bytes, state.length);
  state.length += bytes.length;
  state.buffer[state.length] = LINE_FEED;
}

/** Makes rows of what is whole and keeps the rest for the bytes to come. */
function parse(state: CsvState): void {
  const { buffer, length, scan, last } = state;
  scan.at = 0;
  let done = 0;
  while (scan.at < length) {
    state.breaks = 0;
    state.problem = null;
    const blank = isBreak(buffer[scan.at]!);
    if (blank) passBreak(buffer, scan);
    else if (!parseRow(state)) break;
    if (scan.at > length && !last) break;
    if (!blank) endRow(state);
    state.line += 1 + state.breaks;
    done = scan.at;
  }
  buffer.copyWithin(0, done, length);
  state.length = Math.max(0, length - done);
  if (state.length > LONGEST_ROW) {
    throw new DataError(
      `${state.file}: line ${state.line}, a row must be at most ${LONGEST_ROW} bytes long, got more; is a quote never closed?`,
    );
  }
}

/** One row from the cursor on, which is left behind its line break. False if the bytes end in it. */
function parseRow(state: CsvState): boolean {
  const { buffer, length, scan, columns, delimiter, decimal, last } = state;
  const slot = state.rows - state.before;
  for (let column = 0; ; column++) {
    const start = scan.at;
    const builder = columns[column];
    let plain = false;
    if (builder !== undefined && builder.kind === "number" && !state.inHeader) {
      const value = plainNumber(buffer, scan, decimal);
      const next = buffer[scan.at]!;
      plain = !Number.isNaN(value) && (next === delimiter || isBreak(next));
      if (plain) builder.current[slot] = value;
    }
    if (!plain) {
      scan.at = start;
      if (!otherCell(state, column, slot)) return false;
    }
    if (scan.at >= length) {
      if (!last) return false;
    } else if (buffer[scan.at] === delimiter) {
      scan.at++;
      continue;
    } else {
      passBreak(buffer, scan);
    }
    if (column + 1 !== columns.length) {
      state.problem ??= `a row must have ${columns.length} cells, as the first has, got ${column + 1}`;
    }
    return true;
  }
}

/** One cell that is no plain number. False if the bytes end within it. */
function otherCell(state: CsvState, column: number, slot: number): boolean {
  const { buffer, length, scan, delimiter, last } = state;
  const outcome = scanCell(buffer, length, delimiter, scan);
  state.breaks += scan.breaks;
  if (outcome === "unclosed") {
    if (!last) return false;
    state.problem = `${placeOf(state, column)} opens a quote that is never closed`;
    scan.at = length;
  } else if (outcome === "after-quote") {
    state.problem ??= `${placeOf(state, column)} must end after its closing quote, got more text; a quote within quotes is written twice`;
    while (buffer[scan.at] !== delimiter && !isBreak(buffer[scan.at]!)) scan.at++;
  } else if (state.problem === null && !state.inHeader) {
    storeText(state, column, slot);
  }
  return true;
}

function endRow(state: CsvState): void {
  const { problem, columns, segment, before, maxCells } = state;
  if (problem !== null) {
    refuseRow(state, problem);
    return;
  }
  if (state.inHeader) {
    state.inHeader = false;
    return;
  }
  state.rows++;
  if (state.rows - before < segment) return;
  if (state.rows * columns.length > maxCells) {
    throw new DataError(
      `${state.file}: line ${state.line}, a table must have at most ${maxCells} cells, got ${state.rows} rows of ${columns.length}; ignore columns or raise maxCells`,
    );
  }
  state.segment = segmentRows(columns.length);
  state.before = state.rows;
  for (const each of columns) nextSegment(each, state.segment);
}

function refuseRow({ file, line, skipped, skipBad }: CsvState, reason: string): void {
  if (skipped.length < skipBad) {
    skipped.push(Object.freeze({ line, reason }));
    return;
  }
  const before = skipBad === 0 ? "" : ` (after ${skipBad} bad rows that were skipped)`;
  throw new DataError(`${file}: line ${line}, ${reason}${before}`);
}
