import { add, binary, div, f32, fma, i32, mul, sub, unary } from "../../loops/builder.ts";
import type { KernelBuilder } from "../../loops/builder.ts";
import { typeOf, type Expr } from "../../loops/ir.ts";
import { exponentMagic, powerOfTwo } from "./split-exponent.ts";

/** tanh is 1 in f32 from 9.02 on. */
const limit = 9.5;

/**
 * tanh(w) ≈ w + c₃ · w³ + c₅ · w⁵ on [0, ln 2 / 4], relative error 5.6e-8.
 * Coefficients: fixtures/elementary-functions.py.
 */
const c3 = -0.33331272;
const c5 = 0.13110621;

/**
 * tanh(x), by the addition theorem; 17 operations.
 *
 * With |x| = n · ln 2 / 2 + w and t = tanh(w):
 * tanh(|x|) = ((2ⁿ − 1) + (2ⁿ + 1) · t) / ((2ⁿ + 1) + (2ⁿ − 1) · t), which for n = 0 is t itself.
 *
 * Numerics: odd to the bit; near 0 relative accuracy holds down to subnormals, which come back as
 *           they are, as do ±0. ±Inf gives ±1, NaN gives NaN; never outside [−1, 1]. One f32 of
 *           ln 2 / 2 is enough for w: where n is large, an error of w hardly moves the quotient.
 * Error:    ≤ 2.54 ulp with FMA, ≤ 2.54 without: all 2³² floats as WebAssembly against
 *           Math.tanh in f64 (`npm run test:math`).
 */
export function tanhLanes(k: KernelBuilder, argument: Expr): Expr {
  const x = k.let(argument, "x");
  const { lanes } = typeOf(x);
  const constant = (value: number): Expr => f32(value, lanes);
  const one = constant(1);
  // |x| on the left: its NaN is passed on.
  const size = k.let(binary("f32.pmin", unary("f32.abs", x), constant(limit)), "size");
  const magic = constant(exponentMagic);
  const shifted = k.let(fma(size, constant(2 * Math.LOG2E), magic), "shifted");
  const w = k.let(fma(sub(shifted, magic), constant(-Math.LN2 / 2), size), "w");
  const square = k.let(mul(w, w), "square");
  const series = mul(fma(square, constant(c5), constant(c3)), square);
  const t = k.let(fma(w, series, w), "t");
  const scale = k.let(powerOfTwo(shifted), "scale");
  const less = k.let(sub(scale, one), "less");
  const more = k.let(add(scale, one), "more");
  const result = div(fma(more, t, less), fma(less, t, more));
  const sign = binary("i32.and", unary("i32.bits", x), i32(-(2 ** 31), lanes));
  return unary("f32.bits", binary("i32.or", unary("i32.bits", result), sign));
}
