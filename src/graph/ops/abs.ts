import type { OpDefinition, Value } from "../value.ts";
import { applyPointwise, definePointwise } from "./define-pointwise.ts";
import { greater, less } from "./less.ts";
import { neg } from "./neg.ts";
import { select } from "./select.ts";

/** |x|. Gradient: dx = sign(x) · dy, which is 0 at 0. */
export const absOp: OpDefinition = definePointwise(1, {
  name: "abs",
  scalar: (x) => Math.abs(x),
  gradient: ({ inputs: [x], grad }) => [
    select(less(x!, 0), neg(grad), select(greater(x!, 0), grad, 0)),
  ],
});

export function abs(x: Value): Value {
  return applyPointwise(absOp, [x], {});
}
