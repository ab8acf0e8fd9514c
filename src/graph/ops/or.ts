import type { OpDefinition, Value } from "../value.ts";
import { applyPointwise, definePointwise } from "./define-pointwise.ts";

/** x ∨ y, for bool. No gradient. */
export const orOp: OpDefinition = definePointwise(2, {
  name: "or",
  accepts: [["bool"], ["bool"]],
  scalar: (x, y) => x | y,
});

export function or(x: Value, y: Value): Value {
  return applyPointwise(orOp, [x, y], {});
}
