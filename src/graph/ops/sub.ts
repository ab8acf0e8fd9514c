import type { OpDefinition, Value } from "../value.ts";
import { applyPointwise, definePointwise, NUMERIC, type Operand } from "./define-pointwise.ts";
import { neg } from "./neg.ts";

/** x − y, with NumPy broadcasting. Integers wrap. Gradient: dx = dz, dy = −dz. */
export const subOp: OpDefinition = definePointwise(2, {
  name: "sub",
  accepts: [NUMERIC, NUMERIC],
  scalar: (x, y) => x - y,
  gradient: ({ grad }) => [grad, neg(grad)],
});

export function sub(x: Operand, y: Operand): Value {
  return applyPointwise(subOp, [x, y], {});
}
