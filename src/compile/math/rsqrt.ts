import { div, f32, unary, type KernelBuilder } from "../../loops/builder.ts";
import { typeOf, type Expr } from "../../loops/ir.ts";

/**
 * 1 / √x; 2 operations, each correctly rounded.
 *
 * Numerics: rsqrt(±0) = ±Inf, rsqrt(+Inf) = 0, x < 0 and NaN give NaN. No result is subnormal.
 * Error:    ≤ 1.50 ulp: all 2³² floats as WebAssembly against 1 / Math.sqrt(x) in f64
 *           (`npm run test:math`).
 */
export function rsqrtLanes(_: KernelBuilder, x: Expr): Expr {
  return div(f32(1, typeOf(x).lanes), unary("f32.sqrt", x));
}
