import type { OpDefinition, Value } from "../value.ts";
import { applyPointwise, definePointwise, NUMERIC, type Operand } from "./define-pointwise.ts";

const product: OpDefinition = definePointwise(2, {
  name: "mul",
  accepts: [NUMERIC, NUMERIC],
  scalar: (x, y) => x * y,
});
const integerProduct: OpDefinition = definePointwise(2, {
  name: "mul",
  accepts: [NUMERIC, NUMERIC],
  scalar: (x, y) => Math.imul(x, y),
});

/**
 * x · y, with NumPy broadcasting. Gradient: dx = dz · y, dy = dz · x.
 *
 * Numerics: integers wrap at 32 bits; their exact product does not always fit into a float64.
 */
export const mulOp: OpDefinition = {
  ...product,
  evaluate: (inputs, attrs, type) =>
    (type.dtype === "f32" ? product : integerProduct).evaluate!(inputs, attrs, type),
  gradient: ({ inputs: [x, y], grad }) => [mul(grad, y!), mul(grad, x!)],
};

export function mul(x: Operand, y: Operand): Value {
  return applyPointwise(mulOp, [x, y], {});
}
