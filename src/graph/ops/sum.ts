import { normalizeAxes } from "../../base/shape.ts";
import { apply, type OpDefinition, type Value } from "../value.ts";
import { broadcastTo } from "./broadcast.ts";
import { evaluateReduction, keptShape, reducedShape, type ReduceAttrs } from "./reduction.ts";
import { reshape } from "./reshape.ts";

/**
 * sum(x) over `axes`, which disappear from the shape unless `keepAxes`.
 *
 * Gradient: every summand gets the sum's gradient.
 */
export const sumOp: OpDefinition<ReduceAttrs> = {
  name: "sum",
  kind: "reduce",
  infer: ([x], { axes }) => ({ shape: reducedShape(x!.shape, axes), dtype: x!.dtype }),
  evaluate: ([x], { axes }) => evaluateReduction(x!, axes, 0, (a, b) => a + b),
  gradient: ({ inputs: [x], grad, attrs: { axes } }) => [
    broadcastTo(reshape(grad, keptShape(x!.shape, axes)), x!.shape),
  ],
};

/** Default: over all axes. With `keepAxes` the reduced axes stay, with size 1. */
export function sum(x: Value, axes?: readonly number[], options: { keepAxes?: boolean } = {}): Value {
  const over = axes === undefined ? x.shape.map((_, axis) => axis) : normalizeAxes(axes, x.shape.length, "sum");
  const result = over.length === 0 ? x : apply(sumOp, [x], { axes: over });
  return options.keepAxes === true ? reshape(result, keptShape(x.shape, over)) : result;
}
