import { binary, f32, mul, type KernelBuilder } from "../../loops/builder.ts";
import { typeOf, type Expr } from "../../loops/ir.ts";
import { splitExponent } from "./split-exponent.ts";

/** e^−87.5 is below the smallest normal, e^89 beyond the largest. */
const lowest = -87.5;
const highest = 89;

export function expLanes(k: KernelBuilder, x: Expr): Expr {
  const { lanes } = typeOf(x);
  const above = binary("f32.pmax", x, f32(lowest, lanes));
  const clamped = k.let(binary("f32.pmin", above, f32(highest, lanes)), "clamped");
  const { scale, mantissa } = splitExponent(k, clamped, 1);
  return mul(mantissa, scale);
}
