/** What the exponential functions share: e^x taken apart as 2ⁿ · e^r. */
import { add, f32, fma, shift, sub, unary, type KernelBuilder } from "../../loops/builder.ts";
import { typeOf, type Expr } from "../../loops/ir.ts";

/** Sums near 1.5 · 2²³ are spaced by 1, so adding it rounds; + 127 leaves n's biased exponent in the last bits. */
export const exponentMagic: number = 1.5 * 2 ** 23 + 127;

const log2e = Math.fround(Math.LOG2E);
/** Fifteen bits, so that n · ln2High is exact for |n| ≤ 128. */
const ln2High = 0.693145751953125;
const ln2Low = Math.fround(Math.LN2 - ln2High);

/**
 * e^r on [0, ln 2] with relative error 2.1e-9, and 1 at 0. A degree less (8.2e-8) saves 0.06 ns of
 * 0.4 per value and costs sigmoid 1.6 ulp. Coefficients: fixtures/elementary-functions.py.
 */
const exponential = [1, 0.9999998, 0.50000554, 0.1666117, 0.04191104, 0.0077968678, 0.0019467657];

export interface SplitExponent {
  /** 2^(n + extra); 0 where that would be subnormal, +Inf where it would be too large. */
  readonly scale: Expr;
  /** e^r, from 1 to 2; NaN where x is. */
  readonly mantissa: Expr;
}

/**
 * e^x = 2ⁿ · e^r with n = ⌊x · log₂e⌋ and r = x − n · ln 2; e^−x with `sign` −1. x is within ±90, or NaN.
 *
 * Rounding down, not to nearest, leaves all over- and underflow to the scale: e^r is at least 1, so
 * 2ⁿ · e^r is a normal number exactly when 2ⁿ is, and no comparison is needed. Rounding down is
 * adding the magic number to x · log₂e − ½; a little less than ½, so that 0 stays 0 and e⁰ is
 * exactly 1. The magic number is odd, so that of ties the odd n wins: those at the two ends of the
 * range, −126.5 and 125.5, then fall to the side where the result is 0.
 */
export function splitExponent(k: KernelBuilder, x: Expr, sign: 1 | -1, extra = 0): SplitExponent {
  const { lanes } = typeOf(x);
  const constant = (value: number): Expr => f32(value, lanes);
  const magic = constant(exponentMagic + extra);
  const down = fma(x, constant(sign * log2e), constant(-(0.5 - 2 ** -25)));
  const shifted = k.let(add(down, magic), "shifted");
  const n = k.let(sub(shifted, magic), "n");
  // For e^−x this is −r; the polynomial's odd coefficients change their sign with it.
  const high = fma(n, constant(-sign * ln2High), x);
  const r = k.let(fma(n, constant(-sign * ln2Low), high), "r");
  const coefficients = exponential.map((value, power) =>
    constant(power % 2 === 1 ? sign * value : value),
  );
  const mantissa = coefficients.reduceRight((sum, coefficient) => fma(sum, r, coefficient));
  return { scale: powerOfTwo(shifted), mantissa };
}

/** 2ⁿ from n + `exponentMagic`: the shift leaves the nine last bits, sign (0) and exponent. */
export function powerOfTwo(shifted: Expr): Expr {
  return unary("f32.bits", shift("i32.shl", unary("i32.bits", shifted), 23));
}
