import { OptionError, ShapeError } from "../../base/errors.ts";
import { showShape } from "../../base/shape.ts";
import { apply, type OpDefinition, type Value } from "../value.ts";
import { add } from "./add.ts";
import { mean } from "./mean.ts";
import { mul } from "./mul.ts";
import { checkFloat, countOver, inferReduction, resolveAxes } from "./reduction.ts";
import { rsqrt } from "./rsqrt.ts";
import { sub } from "./sub.ts";
import { deviation, variance } from "./variance.ts";

export interface StandardizeAttrs {
  /** The axes that share one mean, sorted and non-negative. */
  readonly axes: readonly number[];
  /** Added to the variance, in units of x². */
  readonly eps: number;
}

/**
 * standardize(x) = (x − mean) · r, with r = 1 / √(variance + eps), both over `axes`.
 *
 * Shape:    x [...d] → y [...d].
 * Gradient: dx = r · (dy − mean(dy) − y · mean(dy · y)), exact with eps inside r.
 * Numerics: two passes, as `variance`.
 * Errors:   ShapeError when fewer than two values share one mean; OptionError if eps < 0.
 * Source:   Ioffe & Szegedy 2015, arXiv:1502.03167, §3, its chain rule folded into one line.
 */
export const standardizeOp: OpDefinition<StandardizeAttrs> = {
  name: "standardize",
  kind: "composite",
  infer([x], { axes, eps }) {
    inferReduction(x, axes, "standardize");
    const count = countOver(x!.shape, axes);
    if (count < 2) {
      throw new ShapeError(
        `standardize: needs ≥ 2 values per mean, got ${count} in ${showShape(x!.shape)}`,
      );
    }
    if (!(eps >= 0 && eps < Infinity)) {
      throw new OptionError(`standardize: eps must be a number ≥ 0, got ${eps}`);
    }
    return { shape: x!.shape, dtype: "f32" };
  },
  meaning: ([x], attrs) => mul(deviation(x!, attrs.axes), inverseDeviation(x!, attrs)),
  gradient({ inputs: [x], output: y, grad, attrs }) {
    const average = (value: Value): Value => mean(value, attrs.axes, { keepAxes: true });
    const alongY = mul(y, average(mul(grad, y)));
    return [mul(sub(sub(grad, average(grad)), alongY), inverseDeviation(x!, attrs))];
  },
};

/** r, with the reduced axes kept at size 1. */
function inverseDeviation(x: Value, { axes, eps }: StandardizeAttrs): Value {
  return rsqrt(add(variance(x, axes, { keepAxes: true }), eps));
}

export interface StandardizeOptions {
  /** The axes that share one mean; negative ones count from the end. */
  readonly axes: readonly number[];
  /** Added to the variance, in units of x². Default 1e-5. */
  readonly eps?: number;
}

export function standardize(x: Value, { axes, eps = 1e-5 }: StandardizeOptions): Value {
  checkFloat(x, "standardize");
  const over = resolveAxes(x.shape, axes, "standardize");
  return apply(standardizeOp, [x], { axes: over, eps });
}
