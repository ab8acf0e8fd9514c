import type { OpDefinition, Value } from "../value.ts";
import { applyPointwise, definePointwise } from "./define-pointwise.ts";
import { div } from "./div.ts";
import { mul } from "./mul.ts";

/** √x. Gradient: dx = dy / (2 y), infinite at 0. */
export const sqrtOp: OpDefinition = definePointwise(1, {
  name: "sqrt",
  scalar: (x) => Math.sqrt(x),
  gradient: ({ output: y, grad }) => [div(mul(grad, 0.5), y)],
});

export function sqrt(x: Value): Value {
  return applyPointwise(sqrtOp, [x], {});
}
