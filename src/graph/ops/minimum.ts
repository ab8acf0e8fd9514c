import type { OpDefinition, Value } from "../value.ts";
import { applyPointwise, definePointwise, type Operand } from "./define-pointwise.ts";
import { equal } from "./equal.ts";
import { greater, less } from "./less.ts";
import { mul } from "./mul.ts";
import { select } from "./select.ts";

/**
 * The smaller of x and y, with NumPy broadcasting; NaN if either is.
 *
 * Gradient: goes to the smaller operand, half to each where they are equal.
 */
export const minimumOp: OpDefinition = definePointwise(2, {
  name: "minimum",
  scalar: (x, y) => Math.min(x, y),
  gradient: ({ inputs: [x, y], grad }) => {
    const tie = select(equal(x!, y!), mul(grad, 0.5), 0);
    return [select(less(x!, y!), grad, tie), select(greater(x!, y!), grad, tie)];
  },
});

export function minimum(x: Operand, y: Operand): Value {
  return applyPointwise(minimumOp, [x, y], {});
}
