import type { OpDefinition, Value } from "../value.ts";
import { applyPointwise, definePointwise } from "./define-pointwise.ts";
import { div } from "./div.ts";

/** The natural logarithm; −∞ at 0, NaN below. Gradient: dx = dy / x. */
export const logOp: OpDefinition = definePointwise(1, {
  name: "log",
  scalar: (x) => Math.log(x),
  gradient: ({ inputs: [x], grad }) => [div(grad, x!)],
});

export function log(x: Value): Value {
  return applyPointwise(logOp, [x], {});
}
