import type { OpDefinition, Value } from "../value.ts";
import { applyPointwise, definePointwise, NUMERIC, type Operand } from "./define-pointwise.ts";

/** x < y, as bool; false if either is NaN. No gradient. */
export const lessOp: OpDefinition = definePointwise(2, {
  name: "less",
  accepts: [NUMERIC, NUMERIC],
  result: "bool",
  scalar: (x, y) => (x < y ? 1 : 0),
});

export function less(x: Operand, y: Operand): Value {
  return applyPointwise(lessOp, [x, y], {});
}

/** x > y. */
export function greater(x: Operand, y: Operand): Value {
  return less(y, x);
}
