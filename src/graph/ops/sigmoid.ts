import type { OpDefinition, Value } from "../value.ts";
import { applyPointwise, definePointwise } from "./define-pointwise.ts";
import { mul } from "./mul.ts";
import { sub } from "./sub.ts";

/** 1 / (1 + e⁻ˣ). Gradient: dx = dy · y · (1 − y). */
export const sigmoidOp: OpDefinition = definePointwise(1, {
  name: "sigmoid",
  scalar: (x) => 1 / (1 + Math.exp(-x)),
  gradient: ({ output: y, grad }) => [mul(grad, mul(y, sub(1, y)))],
});

export function sigmoid(x: Value): Value {
  return applyPointwise(sigmoidOp, [x], {});
}
