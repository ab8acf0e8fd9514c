import { div, f32, unary, type KernelBuilder } from "../../loops/builder.ts";
import { typeOf, type Expr } from "../../loops/ir.ts";

export function rsqrtLanes(_: KernelBuilder, x: Expr): Expr {
  return div(f32(1, typeOf(x).lanes), unary("f32.sqrt", x));
}
