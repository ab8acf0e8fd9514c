import type { OpDefinition, Value } from "../value.ts";
import { applyPointwise, definePointwise, type Operand } from "./define-pointwise.ts";

/** x · y, with NumPy broadcasting. */
export const mulOp: OpDefinition = definePointwise(2, {
  name: "mul",
  accepts: [
    ["f32", "i32", "u32"],
    ["f32", "i32", "u32"],
  ],
  scalar: ([x, y]) => x! * y!,
  gradient: ({ inputs: [x, y], grad }) => [mul(grad, y!), mul(grad, x!)],
});

export function mul(x: Operand, y: Operand): Value {
  return applyPointwise(mulOp, [x, y], {});
}
