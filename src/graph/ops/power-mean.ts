import { OptionError } from "../../base/errors.ts";
import { apply, type OpDefinition, type Value } from "../value.ts";
import { abs } from "./abs.ts";
import { div } from "./div.ts";
import { greater, less } from "./less.ts";
import { max } from "./max.ts";
import { mean } from "./mean.ts";
import { mul } from "./mul.ts";
import { neg } from "./neg.ts";
import { power } from "./power.ts";
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
import { select } from "./select.ts";

export interface PowerMeanAttrs extends ReduceAttrs {
  /** The exponent, finite and above 1. */
  readonly order: number;
}

/**
 * powerMean(x) = mean(|x|^order)^(1 / order) over `axes`: the average l_order norm.
 *
 * Gradient: dx = sign(x) · (|x| / y)^(order − 1) / n · dy; 0 where y = 0.
 * Numerics: relative to the largest |x|, so that no power overflows or vanishes.
 */
export const powerMeanOp: OpDefinition<PowerMeanAttrs> = {
  name: "power-mean",
  kind: "composite",
  infer: ([x], { axes }) => inferReduction(x, axes, "power-mean"),
  meaning: ([x], { axes, order }) => {
    const largest = max(abs(x!), axes, { keepAxes: true });
    const share = shareOf(abs(x!), largest);
    const average = mean(power(share, order), axes, { keepAxes: true });
    return reshape(
      mul(largest, power(average, 1 / order)),
      x!.shape.filter((_, axis) => !axes.includes(axis)),
    );
  },
  gradient: ({ inputs: [x], output, grad, attrs: { axes, order } }) => {
    const kept = keptShape(x!.shape, axes);
    const share = shareOf(abs(x!), reshape(output, kept));
    const slope = div(power(share, order - 1), countOver(x!.shape, axes));
    const signed = select(less(x!, 0), neg(slope), slope);
    return [mul(signed, reshape(grad, kept))];
  },
};

/** part / whole, 0 where there is nothing to share. */
function shareOf(part: Value, whole: Value): Value {
  return select(greater(whole, 0), div(part, select(greater(whole, 0), whole, 1)), 0);
}

export interface PowerMeanOptions extends ReduceOptions {
  /** At least 1; Infinity is the largest |x|. */
  readonly order: number;
}

/** The average norm of any order ≥ 1 over `axes`; default: over all of them. */
export function powerMean(
  x: Value,
  axes: readonly number[] | undefined,
  { order, keepAxes = false }: PowerMeanOptions,
): Value {
  checkFloat(x, "power-mean");
  if (!(order >= 1)) throw new OptionError(`power-mean: order must be at least 1, got ${order}`);
  if (order === 1) return mean(abs(x), axes, { keepAxes });
  if (order === Infinity) return max(abs(x), axes, { keepAxes });
  const over = resolveAxes(x.shape, axes, "power-mean");
  if (over.length === 0) return abs(x);
  const result = apply(powerMeanOp, [x], { axes: over, order });
  return keepAxes ? reshape(result, keptShape(x.shape, over)) : result;
}
