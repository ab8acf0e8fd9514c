import { apply, type OpDefinition, type Value } from "../value.ts";
import { div } from "./div.ts";
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
import { sum } from "./sum.ts";

/** mean(x) = sum(x) / n over `axes`, which disappear from the shape. Gradient: dy / n to each. */
export const meanOp: OpDefinition<ReduceAttrs> = {
  name: "mean",
  kind: "composite",
  infer: ([x], { axes }) => inferReduction(x, axes, "mean"),
  meaning: ([x], { axes }) => div(sum(x!, axes), countOver(x!.shape, axes)),
};

/** The mean over `axes`; default: over all of them. */
export function mean(x: Value, axes?: readonly number[], options: ReduceOptions = {}): Value {
  checkFloat(x, "mean");
  const over = resolveAxes(x.shape, axes, "mean");
  const result = over.length === 0 ? x : apply(meanOp, [x], { axes: over });
  return options.keepAxes === true ? reshape(result, keptShape(x.shape, over)) : result;
}
