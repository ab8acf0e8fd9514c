import { ShapeError } from "../../base/errors.ts";
import { apply, type OpDefinition, type TensorType, type Value } from "../value.ts";
import { div } from "./div.ts";
import { exp } from "./exp.ts";
import { max } from "./max.ts";
import { mul } from "./mul.ts";
import { checkFloat } from "./reduction.ts";
import { sub } from "./sub.ts";
import { sum } from "./sum.ts";

/**
 * softmax(x)ᵢ = e^(xᵢ − m) / Σⱼ e^(xⱼ − m), m = max(x), along the last axis.
 *
 * Gradient: dx = y · (dy − Σ dy · y).
 * Numerics: the shift by m keeps every exponential in [0, 1] and the sum in [1, C].
 */
export const softmaxOp: OpDefinition = {
  name: "softmax",
  kind: "composite",
  infer: ([x]) => inferRows(x, "softmax"),
  meaning: ([x]) => {
    const powers = exp(shiftedByMax(x!));
    return div(powers, sum(powers, [-1], { keepAxes: true }));
  },
  gradient: ({ output: y, grad }) => [
    mul(y, sub(grad, sum(mul(grad, y), [-1], { keepAxes: true }))),
  ],
};

/** x − max(x) along the last axis. */
export function shiftedByMax(x: Value): Value {
  return sub(x, max(x, [-1], { keepAxes: true }));
}

/** x's own type; refuses anything but f32 with a last axis. */
export function inferRows(x: Value | undefined, who: string): TensorType {
  checkFloat(x, who);
  if (x.shape.length === 0) throw new ShapeError(`${who}: x must have a last axis, got a scalar`);
  return { shape: x.shape, dtype: "f32" };
}

export function softmax(x: Value): Value {
  return apply(softmaxOp, [x], {});
}
