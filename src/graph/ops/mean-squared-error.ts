import { ShapeError } from "../../base/errors.ts";
import { sameShape, showShape } from "../../base/shape.ts";
import { apply, type OpDefinition, type Value } from "../value.ts";
import { mean } from "./mean.ts";
import { square } from "./square.ts";
import { sub } from "./sub.ts";

/**
 * meanSquaredError(x, target) = mean((x − target)²) over all elements.
 *
 * Shape:    x [...d], target [...d] → scalar.
 * Gradient: dx = 2 / n · (x − target) · dy, dtarget = −dx.
 * Errors:   ShapeError unless both are f32 of one shape: broadcasting here is always a mistake.
 */
export const meanSquaredErrorOp: OpDefinition = {
  name: "mean-squared-error",
  kind: "composite",
  infer: ([x, target]) => {
    if (x?.dtype !== "f32" || target?.dtype !== "f32" || !sameShape(x.shape, target.shape)) {
      const show = (value: Value | undefined): string =>
        value === undefined ? "nothing" : `${value.dtype} ${showShape(value.shape)}`;
      throw new ShapeError(
        `mean-squared-error: takes two f32 tensors of one shape, got ${show(x)} and ${show(target)}`,
      );
    }
    return { shape: [], dtype: "f32" };
  },
  meaning: ([x, target]) => mean(square(sub(x!, target!))),
};

export function meanSquaredError(x: Value, target: Value): Value {
  return apply(meanSquaredErrorOp, [x, target], {});
}
