import { apply, type GradientContext, type OpDefinition, type Value } from "../value.ts";
import { equal } from "./equal.ts";
import { iota } from "./iota.ts";
import { cast } from "./cast.ts";
import { max } from "./max.ts";
import { pad } from "./pad.ts";
import { checkFloat } from "./reduction.ts";
import { reshape } from "./reshape.ts";
import { select } from "./select.ts";
import { slice } from "./slice.ts";
import { sub } from "./sub.ts";
import { windows, windowsOp, type Pair, type WindowsAttrs } from "./windows.ts";

export interface Pool2dAttrs {
  readonly kernel: Pair;
  readonly stride: Pair;
  /** Cells added [above, below] and [left, right]. */
  readonly padding: readonly [Pair, Pair];
}

/**
 * maxPool2d(x): the largest element of each window, per channel.
 *
 * Shape:    x [N, H, W, C] → [N, OH, OW, C].
 * Gradient: goes to the first element of the window, row by row, that attains the maximum.
 * Numerics: padding is −∞ and never the largest; NaN where the window holds a NaN.
 */
export const maxPool2dOp: OpDefinition<Pool2dAttrs> = {
  name: "max-pool2d",
  kind: "composite",
  infer([x], attrs) {
    checkFloat(x, "max-pool2d");
    const { shape } = windows(padded(x, attrs), spacing(attrs));
    return { shape: [shape[0]!, shape[1]!, shape[2]!, shape[5]!], dtype: "f32" };
  },
  meaning: ([x], attrs) => max(windows(padded(x!, attrs), spacing(attrs)), [3, 4]),
  gradient: (context) => [spreadGradient(context)],
};

function padded(x: Value, { padding: [[above, below], [left, right]] }: Pool2dAttrs): Value {
  return pad(x, { before: [0, above, left, 0], after: [0, below, right, 0], value: -Infinity });
}

function spacing({ kernel, stride }: Pool2dAttrs): WindowsAttrs {
  return { kernel, stride, dilation: [1, 1] };
}

function spreadGradient({ inputs: [x], output, grad, attrs }: GradientContext<Pool2dAttrs>): Value {
  const whole = padded(x!, attrs);
  const seen = windows(whole, spacing(attrs));
  const [batch, rows, columns, high, wide, channels] = seen.shape;
  const perWindow = [batch!, rows!, columns!, 1, 1, channels!];
  const attained = equal(seen, reshape(output, perWindow));
  // Larger for earlier cells, so that the largest among those that attain is the first of them.
  const rank = reshape(sub(high! * wide!, cast(iota([high! * wide!], 0), "f32")), [
    high!,
    wide!,
    1,
  ]);
  const candidates = select(attained, rank, 0);
  const first = max(candidates, [3, 4]);
  const chosen = equal(candidates, reshape(first, perWindow));
  const spread = select(chosen, reshape(grad, perWindow), 0);
  const back = windowsOp.gradient!({
    inputs: [whole],
    output: seen,
    grad: spread,
    attrs: spacing(attrs),
  })[0]!;
  const [[above], [left]] = attrs.padding;
  const start = [0, above, left, 0];
  return slice(back, { start, end: x!.shape.map((size, axis) => size + start[axis]!) });
}

export function maxPool2d(x: Value, attrs: Pool2dAttrs): Value {
  return apply(maxPool2dOp, [x], attrs);
}
