import type { OpDefinition, Value } from "../value.ts";
import { applyPointwise, definePointwise, NUMERIC, type Operand } from "./define-pointwise.ts";

/** x + y, with NumPy broadcasting. Integers wrap. Gradient: dx = dy = dz. */
export const addOp: OpDefinition = definePointwise(2, {
  name: "add",
  accepts: [NUMERIC, NUMERIC],
  scalar: (x, y) => x + y,
  gradient: ({ grad }) => [grad, grad],
});

export function add(x: Operand, y: Operand): Value {
  return applyPointwise(addOp, [x, y], {});
}
