import { apply, type OpDefinition, type Value } from "../value.ts";
import { broadcastTo } from "./broadcast.ts";
import { cast } from "./cast.ts";
import { div } from "./div.ts";
import { equal } from "./equal.ts";
import {
  checkFloat,
  evaluateReduction,
  inferReduction,
  keptShape,
  resolveAxes,
  type ReduceAttrs,
  type ReduceOptions,
} from "./reduction.ts";
import { reshape } from "./reshape.ts";
import { select } from "./select.ts";
import { sum } from "./sum.ts";

/**
 * max(x): the largest element over `axes`, which disappear from the shape; NaN if one is NaN.
 *
 * Gradient: shared equally among all elements that attain the maximum.
 */
export const maxOp: OpDefinition<ReduceAttrs> = {
  name: "max",
  kind: "reduce",
  infer: ([x], { axes }) => inferReduction(x, axes, "max"),
  evaluate: ([x], { axes }) => evaluateReduction(x!, axes, -Infinity, Math.max),
  gradient: ({ inputs: [x], output, grad, attrs: { axes } }) => {
    const kept = keptShape(x!.shape, axes);
    const attained = equal(x!, broadcastTo(reshape(output, kept), x!.shape));
    const share = div(grad, sum(cast(attained, "f32"), axes));
    return [select(attained, reshape(share, kept), 0)];
  },
};

/** The maximum over `axes`; default: over all of them. */
export function max(x: Value, axes?: readonly number[], options: ReduceOptions = {}): Value {
  checkFloat(x, "max");
  const over = resolveAxes(x.shape, axes, "max");
  const result = over.length === 0 ? x : apply(maxOp, [x], { axes: over });
  return options.keepAxes === true ? reshape(result, keptShape(x.shape, over)) : result;
}
