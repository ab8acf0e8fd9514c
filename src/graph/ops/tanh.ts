import type { OpDefinition, Value } from "../value.ts";
import { applyPointwise, definePointwise } from "./define-pointwise.ts";
import { mul } from "./mul.ts";
import { sub } from "./sub.ts";

/** The hyperbolic tangent. Gradient: dx = dy · (1 − y²). */
export const tanhOp: OpDefinition = definePointwise(1, {
  name: "tanh",
  scalar: (x) => Math.tanh(x),
  gradient: ({ output: y, grad }) => [mul(grad, sub(1, mul(y, y)))],
});

export function tanh(x: Value): Value {
  return applyPointwise(tanhOp, [x], {});
}
