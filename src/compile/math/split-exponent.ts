/** What exp and sigmoid share: e^x taken apart as 2ⁿ · e^r. */
import { add, f32, fma, shift, sub, unary, type KernelBuilder } from "../../loops/builder.ts";
import { typeOf, type Expr } from "../../loops/ir.ts";

/** Sums near it are spaced by 1, and the last bits of their pattern are the integer added to it. */
export const roundToInteger: number = 1.5 * 2 ** 23;
const exponentBias = 127;
const log2e = Math.fround(Math.LOG2E);
/** Fifteen bits, so that n · ln2High is exact for |n| ≤ 128. */
const ln2High = 0.693145751953125;
const ln2Low = Math.fround(Math.LN2 - ln2High);

/**
 * e^r on [0, ln 2], absolute error 1.18e-7 (one ulp in [1, 2) is 1.19e-7); 1 at 0.
 * Coefficients: fixtures/elementary-functions.py.
 */
const expPolynomial = [1, 0.9999998, 0.50000554, 0.1666117, 0.04191104, 0.0077968678, 0.0019467657];

export interface SplitExponent {
  /** 2^(n + extra): 0 where the exponent is too small for a normal number, +Inf where too large. */
  readonly scale: Expr;
  /** e^r, from 1 to 2; NaN where x is. */
  readonly mantissa: Expr;
}

/**
 * n = ⌊x · log₂e⌋ and r = x − n · ln 2 for e^x, or with `sign` −1 for e^−x.
 *
 * Rounding down, not to nearest, leaves all over- and underflow to the scale: e^r is at least 1, so
 * 2ⁿ · e^r is normal exactly when 2ⁿ is. Rounding down is rounding x · log₂e − ½ to nearest; a
 * little less than ½, for 0 to stay 0 and e⁰ to be exactly 1.
 *
 * x must be within ±90 or NaN.
 */
export function splitExponent(k: KernelBuilder, x: Expr, sign: 1 | -1, extra = 0): SplitExponent {
  const { lanes } = typeOf(x);
  const constant = (value: number): Expr => f32(value, lanes);
  const magic = constant(roundToInteger + exponentBias + extra);
  const down = fma(x, constant(sign * log2e), constant(-(0.5 - 2 ** -25)));
  const shifted = k.let(add(down, magic), "shifted");
  const n = k.let(sub(shifted, magic), "n");
  // For e^−x this is −r; the polynomial's odd coefficients change their sign with it.
  const high = fma(n, constant(-sign * ln2High), x);
  const r = k.let(fma(n, constant(-sign * ln2Low), high), "r");
  const coefficients = expPolynomial.map((value, power) =>
    constant(power % 2 === 1 ? sign * value : value),
  );
  const mantissa = coefficients.reduceRight((sum, coefficient) => fma(sum, r, coefficient));
  return { scale: powerOfTwo(shifted), mantissa };
}

/** 2^(n − 127) from n + `roundToInteger`: the shift drops all but n's last 9 bits. */
export function powerOfTwo(shifted: Expr): Expr {
  return unary("f32.bits", shift("i32.shl", unary("i32.bits", shifted), 23));
}
