import { OptionError } from "../base/errors.ts";
import { maxPool2d as poolMax } from "../graph/ops/max-pool2d.ts";
import { mean } from "../graph/ops/mean.ts";
import { pad } from "../graph/ops/pad.ts";
import { windows, type Pair } from "../graph/ops/windows.ts";
import type { Value } from "../graph/value.ts";
import { amounts, checkFit, checkImage, pairOf, type Padding2d, type Size2d } from "./conv2d.ts";
import type { Module } from "./module.ts";

export interface Pool2dOptions {
  /** Defaults to *the window's size*. */
  readonly stride?: Size2d;
  /** Defaults to *"valid"*. */
  readonly padding?: Padding2d;
}

interface Pool {
  readonly size: Pair;
  readonly stride: Pair;
  readonly around: readonly [Pair, Pair];
}

/**
 * The largest element of each window, per channel. Padding is never the largest.
 *
 * Shape:  x [N, H, W, C] → y [N, OH, OW, C].
 * Errors: OptionError for sizes that are not positive integers, or padding of more than half a
 *         window; ShapeError if x has not four axes or a window does not fit.
 */
export function maxPool2d(window: Size2d, options: Pool2dOptions = {}): Module {
  return pool(`maxPool2d(${String(window)})`, window, options, (x, { size, stride, around }) =>
    poolMax(x, { kernel: size, stride, padding: around }),
  );
}

/**
 * The mean of each window, per channel. Padded zeros count, as in PyTorch's default.
 *
 * Shape:  x [N, H, W, C] → y [N, OH, OW, C].
 * Errors: as `maxPool2d`.
 */
export function avgPool2d(window: Size2d, options: Pool2dOptions = {}): Module {
  return pool(`avgPool2d(${String(window)})`, window, options, (x, { size, stride, around }) => {
    const [[above, below], [left, right]] = around;
    const whole = pad(x, { before: [0, above, left, 0], after: [0, below, right, 0] });
    return mean(windows(whole, { kernel: size, stride, dilation: [1, 1] }), [3, 4]);
  });
}

/**
 * The mean of each channel over all places.
 *
 * Shape:  x [N, H, W, C] → y [N, C].
 * Errors: ShapeError if x has not four axes.
 */
export function globalAvgPool2d(): Module {
  const label = "globalAvgPool2d";
  return Object.freeze({
    label,
    apply(x) {
      checkImage(x, null, label);
      return mean(x, [1, 2]);
    },
  } satisfies Module);
}

function pool(
  label: string,
  window: Size2d,
  options: Pool2dOptions,
  compute: (x: Value, pool: Pool) => Value,
): Module {
  const size = pairOf(window, 1, `${label}: window`);
  const stride = pairOf(options.stride ?? size, 1, `${label}: stride`);
  const { padding = "valid" } = options;
  if (typeof padding !== "string") {
    const sides = pairOf(padding, 0, `${label}: padding`);
    if (sides.some((side, i) => side * 2 > size[i]!)) {
      throw new OptionError(
        `${label}: padding must be at most half a window, got ${String(padding)}`,
      );
    }
  }
  return Object.freeze({
    label,
    apply(x) {
      checkImage(x, null, label);
      const around = amounts(padding, x, { size, stride, dilation: [1, 1] });
      checkFit(x, around, { size, dilation: [1, 1] }, label);
      return compute(x, { size, stride, around });
    },
  } satisfies Module);
}
