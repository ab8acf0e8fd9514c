import { OptionError } from "../base/errors.ts";

/**
 * JSON with keys in code-unit order and no spaces: equal values give equal text.
 *
 * Errors: OptionError for what JSON would drop or change: undefined, functions, NaN, infinities.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
    const members = entries.map(
      ([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`,
    );
    return `{${members.join(",")}}`;
  }
  const plain =
    value === null || ["string", "boolean"].includes(typeof value) || Number.isFinite(value);
  if (plain) return JSON.stringify(value);
  throw new OptionError(`canonicalJson: values must be plain JSON, got ${describe(value)}`);
}

function describe(value: unknown): string {
  return typeof value === "number" ? String(value) : typeof value;
}
