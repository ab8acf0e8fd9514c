import type { OpDefinition, Value } from "../value.ts";
import { applyPointwise, definePointwise } from "./define-pointwise.ts";

/** x ∧ y, for bool. No gradient. */
export const andOp: OpDefinition = definePointwise(2, {
  name: "and",
  accepts: [["bool"], ["bool"]],
  scalar: (x, y) => x & y,
});

export function and(x: Value, y: Value): Value {
  return applyPointwise(andOp, [x, y], {});
}
