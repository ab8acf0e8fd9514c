import { ShapeError } from "../../base/errors.ts";
import { apply, type OpDefinition, type Value } from "../value.ts";
import { div } from "./div.ts";
import { mean } from "./mean.ts";
import { mul } from "./mul.ts";
import {
  checkFloat,
  countOver,
  inferReduction,
  keptShape,
  resolveAxes,
  type ReduceAttrs,
  type ReduceOptions,
} from "./reduction.ts";
import { reshape } from "./reshape.ts";
import { square } from "./square.ts";
import { sub } from "./sub.ts";

/**
 * variance(x) = mean((x − mean(x))²) over `axes`: the biased one, which divides by n.
 *
 * Gradient: dx = 2 / n · (x − mean) · dy; what flows through the mean sums to zero and is left out.
 * Numerics: two passes; E[x²] − E[x]² loses every f32 digit once |mean| ≫ sd.
 */
export const varianceOp: OpDefinition<ReduceAttrs> = {
  name: "variance",
  kind: "composite",
  infer: ([x], { axes }) => inferReduction(x, axes, "variance"),
  meaning: ([x], { axes }) => mean(square(deviation(x!, axes)), axes),
  gradient: ({ inputs: [x], grad, attrs: { axes } }) => {
    const scale = div(mul(grad, 2), countOver(x!.shape, axes));
    return [mul(deviation(x!, axes), reshape(scale, keptShape(x!.shape, axes)))];
  },
};

/** x − mean(x), of x's shape. */
export function deviation(x: Value, axes: readonly number[]): Value {
  return sub(x, mean(x, axes, { keepAxes: true }));
}

/** The biased variance over `axes`; default: over all of them. */
export function variance(x: Value, axes?: readonly number[], options: ReduceOptions = {}): Value {
  checkFloat(x, "variance");
  const over = resolveAxes(x.shape, axes, "variance");
  if (over.length === 0) throw new ShapeError("variance: needs at least one axis, got []");
  const result = apply(varianceOp, [x], { axes: over });
  return options.keepAxes === true ? reshape(result, keptShape(x.shape, over)) : result;
}
