import type { OpDefinition, Value } from "../value.ts";
import { applyPointwise, definePointwise, NUMERIC, type Operand } from "./define-pointwise.ts";

/** x = y, as bool; false if either is NaN. No gradient. */
export const equalOp: OpDefinition = definePointwise(2, {
  name: "equal",
  accepts: [
    [...NUMERIC, "bool"],
    [...NUMERIC, "bool"],
  ],
  result: "bool",
  scalar: (x, y) => (x === y ? 1 : 0),
});

export function equal(x: Operand, y: Operand): Value {
  return applyPointwise(equalOp, [x, y], {});
}
