import type { OpDefinition, Value } from "../value.ts";
import { applyPointwise, definePointwise } from "./define-pointwise.ts";
import { mul } from "./mul.ts";

/** 1 / √x. Gradient: dx = −dy · y³ / 2. */
export const rsqrtOp: OpDefinition = definePointwise(1, {
  name: "rsqrt",
  scalar: (x) => 1 / Math.sqrt(x),
  gradient: ({ output: y, grad }) => [mul(mul(grad, -0.5), mul(y, mul(y, y)))],
});

export function rsqrt(x: Value): Value {
  return applyPointwise(rsqrtOp, [x], {});
}
