import type { OpDefinition, Value } from "../value.ts";
import { applyPointwise, definePointwise } from "./define-pointwise.ts";

/** ¬x, for bool. No gradient. */
export const notOp: OpDefinition = definePointwise(1, {
  name: "not",
  accepts: [["bool"]],
  scalar: (x) => 1 - x,
});

export function not(x: Value): Value {
  return applyPointwise(notOp, [x], {});
}
