/** Where one cell of delimiter-separated text begins and ends. */
import type { Cursor } from "./number-cell.ts";

const QUOTE = 34;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/** A cell's place, written anew by each scan. */
export interface CellScan extends Cursor {
  start: number;
  end: number;
  quoted: boolean;
  /** Does the text hold doubled quotes? */
  doubled: boolean;
  /** Line breaks inside the quotes. */
  breaks: number;
}

export type ScanOutcome =
  /** The cursor stands on what ended the cell: a delimiter, a line break, the end of the bytes. */
  | "cell"
  /** The bytes end within quotes. */
  | "unclosed"
  /** Something other than a delimiter follows the closing quote. */
  | "after-quote";

export function cellScan(): CellScan {
  return { at: 0, start: 0, end: 0, quoted: false, doubled: false, breaks: 0 };
}

/**
 * Scans the cell at `scan.at`. `bytes[length]` must be a line feed: it ends whatever runs on.
 * A quote counts only as a cell's first byte; within quotes, two of them are one.
 */
export function scanCell(
  bytes: Uint8Array,
  length: number,
  delimiter: number,
  scan: CellScan,
): ScanOutcome {
  scan.quoted = bytes[scan.at] === QUOTE;
  scan.doubled = false;
  scan.breaks = 0;
  if (scan.quoted) return scanQuoted(bytes, length, delimiter, scan);
  let at = scan.at;
  scan.start = at;
  let byte = bytes[at]!;
  while (byte !== delimiter && byte !== LINE_FEED && byte !== CARRIAGE_RETURN) byte = bytes[++at]!;
  scan.at = at;
  scan.end = at;
  return "cell";
}

function scanQuoted(
  bytes: Uint8Array,
  length: number,
  delimiter: number,
  scan: CellScan,
): ScanOutcome {
  let at = scan.at + 1;
  scan.start = at;
  for (; at < length; at++) {
    const byte = bytes[at]!;
    if (byte === LINE_FEED) scan.breaks++;
    if (byte !== QUOTE) continue;
    if (bytes[at + 1] !== QUOTE || at + 1 >= length) break;
    scan.doubled = true;
    at++;
  }
  if (at >= length) return "unclosed";
  scan.end = at;
  scan.at = at + 1;
  const next = bytes[at + 1]!;
  const ended = next === delimiter || next === LINE_FEED || next === CARRIAGE_RETURN;
  return ended ? "cell" : "after-quote";
}

/**
 * Moves the cursor from a line break behind it. One that ends beyond `length` may be incomplete: a
 * carriage return at the end of the bytes, which a line feed may follow.
 */
export function passBreak(bytes: Uint8Array, cursor: Cursor): void {
  const both = bytes[cursor.at] === CARRIAGE_RETURN && bytes[cursor.at + 1] === LINE_FEED;
  cursor.at += both ? 2 : 1;
}

export function isBreak(byte: number): boolean {
  return byte === LINE_FEED || byte === CARRIAGE_RETURN;
}
