import type { OpDefinition, Value } from "../value.ts";
import { applyPointwise, definePointwise, type Operand } from "./define-pointwise.ts";
import { mul } from "./mul.ts";
import { neg } from "./neg.ts";

/** x / y, with NumPy broadcasting. Gradient: dx = dz / y, dy = −dz · z / y. */
export const divOp: OpDefinition = definePointwise(2, {
  name: "div",
  scalar: (x, y) => x / y,
  gradient: ({ inputs: [, y], output: z, grad }) => [div(grad, y!), neg(div(mul(grad, z), y!))],
});

export function div(x: Operand, y: Operand): Value {
  return applyPointwise(divOp, [x, y], {});
}
