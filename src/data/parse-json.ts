import { DataError } from "../base/errors.ts";

/** What is in a JSON file. Errors: DataError if it is not JSON in UTF-8. */
export function parseJson(bytes: Uint8Array, file: string): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    // The engine's own message quotes the file, which may be long and anything.
    throw new DataError(`${file}: must be whole JSON, got ${bytes.length} bytes that are not`, {
      cause,
    });
  }
}

/** What a value is, for a message: its kind, or itself if it is a number. */
export function describeJson(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (value === undefined) return "nothing";
  if (value === null || typeof value === "number") return String(value);
  return `${typeof value === "object" ? "an" : "a"} ${typeof value}`;
}

/** Whether `value` is a whole number in [0, end). */
export function isWholeBelow(value: unknown, end: number): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < end;
}
