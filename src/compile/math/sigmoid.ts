import { binary, div, f32, fma, type KernelBuilder } from "../../loops/builder.ts";
import { typeOf, type Expr } from "../../loops/ir.ts";
import { splitExponent } from "./split-exponent.ts";

/** Beyond it the result is 0, or 1. */
const limit = 88;

/**
 * 1 / (1 + e^−x), computed as 4 / (4 + 4 · e^−x); 16 operations.
 *
 * Numerics: results below the smallest normal number, 2⁻¹²⁶, are exactly 0: e^−x is then at least
 *           2¹²⁶, and four times that is +Inf. sigmoid(0) = ½, sigmoid(−Inf) = 0, sigmoid(+Inf) = 1,
 *           NaN gives NaN; never above 1. The negative tail keeps its relative accuracy.
 * Error:    ≤ 2.56 ulp with FMA, ≤ 2.49 without: all 2³² floats as WebAssembly against
 *           1 / (1 + Math.exp(−x)) in f64 (`npm run test:math`).
 */
export function sigmoidLanes(k: KernelBuilder, x: Expr): Expr {
  const { lanes } = typeOf(x);
  // x on the left of both: they pass its NaN on.
  const above = binary("f32.pmax", x, f32(-limit, lanes));
  const clamped = k.let(binary("f32.pmin", above, f32(limit, lanes)), "clamped");
  const { scale, mantissa } = splitExponent(k, clamped, -1, 2);
  const four = f32(4, lanes);
  return div(four, fma(mantissa, scale, four));
}
