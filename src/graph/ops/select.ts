import type { DType } from "../../base/shape.ts";
import type { OpDefinition, Value } from "../value.ts";
import { applyPointwise, definePointwise, type Operand } from "./define-pointwise.ts";
import { constant } from "./constant.ts";

const ANY: readonly DType[] = ["f32", "i32", "u32", "bool"];

/**
 * a where the condition holds, b elsewhere, with NumPy broadcasting.
 *
 * Gradient: goes to whichever was taken; the other gets an exact 0, even where it is NaN.
 */
export const selectOp: OpDefinition = definePointwise(3, {
  name: "select",
  accepts: [["bool"], ANY, ANY],
  alike: [1, 2],
  result: 1,
  scalar: (condition, a, b) => (condition === 0 ? b : a),
  gradient: ({ inputs: [condition], grad }) => [
    null,
    select(condition!, grad, 0),
    select(condition!, 0, grad),
  ],
});

/** Two numbers are taken as f32. */
export function select(condition: Value, a: Operand, b: Operand): Value {
  const tensor = [a, b].find((operand) => typeof operand !== "number");
  const dtype = tensor?.dtype ?? "f32";
  const lift = (operand: Operand): Value =>
    typeof operand === "number" ? constant(operand, [], dtype) : operand;
  return applyPointwise(selectOp, [condition, lift(a), lift(b)], {});
}
