/** Values of options and arguments: checked strictly, refused in one line. */
import { closest, distance } from "fastest-levenshtein";
import { UsageError } from "./usage-error.ts";

/**
 * One of `known`; otherwise the nearest name is suggested.
 *
 * Errors: UsageError for any other name.
 */
export function oneOf<T extends string>(what: string, name: string, known: readonly T[]): T {
  const found = known.find((each) => each === name);
  if (found !== undefined) return found;
  throw new UsageError(`unknown ${what} "${name}"${suggestion(name, known)}`);
}

function suggestion(name: string, known: readonly string[]): string {
  const nearest = known.length > 0 ? closest(name.toLowerCase(), known) : "";
  const near = distance(name.toLowerCase(), nearest) <= Math.max(2, Math.floor(nearest.length / 3));
  if (near) return `, did you mean "${nearest}"?`;
  return known.length > 0 ? `, known: ${known.join(", ")}` : "";
}

/**
 * Parses a whole number in [least, 2^53), written in digits alone.
 *
 * Errors: UsageError for anything else.
 */
export function wholeNumber(option: string, least: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (Number.isSafeInteger(value) && value >= least) return value;
    throw new UsageError(`${option} must be a whole number of at least ${least}, got "${text}"`);
  };
}
