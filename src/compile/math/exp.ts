import { binary, f32, mul, type KernelBuilder } from "../../loops/builder.ts";
import { typeOf, type Expr } from "../../loops/ir.ts";
import { splitExponent } from "./split-exponent.ts";

/** e^−87.5 is below the smallest normal number, e^89 above the largest. */
const lowest = -87.5;
const highest = 89;

/**
 * eˣ; 15 operations.
 *
 * Numerics: results below the smallest normal number, 2⁻¹²⁶, are exactly 0: subnormals would slow
 *           down whatever reads them. exp(0) = 1, exp(−Inf) = 0, exp(+Inf) = +Inf, NaN gives NaN.
 * Error:    ≤ 1.49 ulp with FMA, ≤ 1.83 without: all 2³² floats as WebAssembly against
 *           Math.exp in f64 (`npm run test:math`).
 */
export function expLanes(k: KernelBuilder, x: Expr): Expr {
  const { lanes } = typeOf(x);
  // x on the left of both: they pass its NaN on.
  const above = binary("f32.pmax", x, f32(lowest, lanes));
  const clamped = k.let(binary("f32.pmin", above, f32(highest, lanes)), "clamped");
  const { scale, mantissa } = splitExponent(k, clamped, 1);
  return mul(mantissa, scale);
}
