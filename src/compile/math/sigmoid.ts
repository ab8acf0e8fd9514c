import { binary, div, f32, fma, type KernelBuilder } from "../../loops/builder.ts";
import { typeOf, type Expr } from "../../loops/ir.ts";
import { splitExponent } from "./split-exponent.ts";

export function sigmoidLanes(k: KernelBuilder, x: Expr): Expr {
  const { lanes } = typeOf(x);
  const above = binary("f32.pmax", x, f32(-88, lanes));
  const clamped = k.let(binary("f32.pmin", above, f32(88, lanes)), "clamped");
  const { scale, mantissa } = splitExponent(k, clamped, -1, 2);
  const four = f32(4, lanes);
  return div(four, fma(mantissa, scale, four));
}
