import type { OpDefinition, Value } from "../value.ts";
import { applyPointwise, definePointwise } from "./define-pointwise.ts";

/** −x. Gradient: dx = −dy. */
export const negOp: OpDefinition = definePointwise(1, {
  name: "neg",
  scalar: (x) => -x,
  gradient: ({ grad }) => [neg(grad)],
});

export function neg(x: Value): Value {
  return applyPointwise(negOp, [x], {});
}
