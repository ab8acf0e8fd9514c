/** Decimal numbers straight from bytes, rounded as `Number(text)` rounds them. */

/** Where reading stands; one object for a whole file, so that no cell allocates. */
export interface Cursor {
  at: number;
}

/** Powers of ten that are exact in float64. */
const POWERS = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));
/** So many decimal digits always fit into 53 bits. */
const EXACT_DIGITS = 15;

const ZERO = 48;
const MINUS = 45;
const PLUS = 43;

/**
 * Reads digits, a decimal mark and digits from `cursor.at` on and leaves the cursor behind them.
 * NaN, with the cursor anywhere, says that this is no such number or one that needs more care: an
 * exponent, more than 15 digits, no digits at all.
 *
 * Numerics: an integer below 2^53 divided by an exact power of ten is rounded once, so correctly.
 * Source:   Clinger 1990, "How to read floating point numbers accurately", the fast path.
 */
export function plainNumber(bytes: Uint8Array, cursor: Cursor, decimal: number): number {
  let at = cursor.at;
  const first = bytes[at]!;
  if (first === MINUS || first === PLUS) at++;
  const start = at;
  let whole = 0;
  let digit = bytes[at]! - ZERO;
  while (digit >= 0 && digit <= 9) {
    whole = whole * 10 + digit;
    digit = bytes[++at]! - ZERO;
  }
  let digits = at - start;
  let value = whole;
  if (bytes[at] === decimal) {
    const fraction = ++at;
    digit = bytes[at]! - ZERO;
    while (digit >= 0 && digit <= 9) {
      value = value * 10 + digit;
      digit = bytes[++at]! - ZERO;
    }
    const places = at - fraction;
    digits += places;
    if (digits <= EXACT_DIGITS) value /= POWERS[places]!;
  }
  if (digits === 0 || digits > EXACT_DIGITS) return Number.NaN;
  cursor.at = at;
  return first === MINUS ? -value : value;
}

export interface NumberFormat {
  readonly decimal: "." | ",";
  /** Between groups of three digits; null for none. */
  readonly thousands: string | null;
}

const DECIMAL = /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/;

/**
 * The number a text says, null if it says none. Hexadecimal, empty and infinite ones are none;
 * a group mark must stand where groups of three do.
 */
export function numberOf(text: string, { decimal, thousands }: NumberFormat): number | null {
  let plain = text;
  if (thousands !== null && plain.includes(thousands)) {
    const mark = decimal === "," ? plain.indexOf(",") : plain.indexOf(".");
    const whole = mark < 0 ? plain : plain.slice(0, mark);
    const [head = "", ...groups] = whole.replace(/^[-+]/, "").split(thousands);
    const grouped = /^\d{1,3}$/.test(head) && groups.every((group) => /^\d{3}$/.test(group));
    if (!grouped) return null;
    plain = whole.replaceAll(thousands, "") + (mark < 0 ? "" : plain.slice(mark));
  }
  if (decimal === ",") {
    if (plain.includes(".")) return null;
    plain = plain.replace(",", ".");
  }
  if (!DECIMAL.test(plain)) return null;
  const value = Number(plain);
  return Number.isFinite(value) ? value : null;
}
