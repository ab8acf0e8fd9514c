import type { OpDefinition, Value } from "../value.ts";
import { applyPointwise, definePointwise, type Operand } from "./define-pointwise.ts";
import { equal } from "./equal.ts";
import { greater, less } from "./less.ts";
import { mul } from "./mul.ts";
import { select } from "./select.ts";

/**
 * The larger of x and y, with NumPy broadcasting; NaN if either is.
 *
 * Gradient: goes to the larger operand, half to each where they are equal.
 */
export const maximumOp: OpDefinition = definePointwise(2, {
  name: "maximum",
  scalar: (x, y) => Math.max(x, y),
  gradient: ({ inputs: [x, y], grad }) => {
    const tie = select(equal(x!, y!), mul(grad, 0.5), 0);
    return [select(greater(x!, y!), grad, tie), select(less(x!, y!), grad, tie)];
  },
});

export function maximum(x: Operand, y: Operand): Value {
  return applyPointwise(maximumOp, [x, y], {});
}
