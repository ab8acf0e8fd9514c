import type { OpDefinition, Value } from "../value.ts";
import { applyPointwise, definePointwise } from "./define-pointwise.ts";
import { mul } from "./mul.ts";

/** eˣ. Gradient: dx = dy · y. */
export const expOp: OpDefinition = definePointwise(1, {
  name: "exp",
  scalar: (x) => Math.exp(x),
  gradient: ({ output: y, grad }) => [mul(grad, y)],
});

export function exp(x: Value): Value {
  return applyPointwise(expOp, [x], {});
}
