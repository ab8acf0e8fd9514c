import type { OpDefinition, Value } from "../value.ts";
import { applyPointwise, definePointwise, NUMERIC, type Operand } from "./define-pointwise.ts";

/** x ≤ y, as bool; false if either is NaN. No gradient. */
export const lessEqualOp: OpDefinition = definePointwise(2, {
  name: "less-equal",
  accepts: [NUMERIC, NUMERIC],
  result: "bool",
  scalar: (x, y) => (x <= y ? 1 : 0),
});

export function lessEqual(x: Operand, y: Operand): Value {
  return applyPointwise(lessEqualOp, [x, y], {});
}

/** x ≥ y. */
export function greaterEqual(x: Operand, y: Operand): Value {
  return lessEqual(y, x);
}
