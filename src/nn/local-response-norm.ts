import { OptionError, ShapeError } from "../base/errors.ts";
import { showShape } from "../base/shape.ts";
import { add } from "../graph/ops/add.ts";
import { mul } from "../graph/ops/mul.ts";
import { pad } from "../graph/ops/pad.ts";
import { power } from "../graph/ops/power.ts";
import { slice } from "../graph/ops/slice.ts";
import { square } from "../graph/ops/square.ts";
import type { Value } from "../graph/value.ts";
import type { Module } from "./module.ts";

export interface LocalResponseNormOptions {
  /** Neighbouring channels that are summed over; a positive integer. */
  readonly size: number;
  /** Weight of their mean square; positive, defaults to *1e-4*. */
  readonly alpha?: number;
  /** Exponent; positive, defaults to *0.75*. */
  readonly beta?: number;
  /** What is added to the sum; positive, defaults to *1* (the paper: 2). */
  readonly k?: number;
}

/**
 * Local response normalization: y = x / (k + alpha / size · Σ x²)^beta, the sum going over the
 * `size` channels around each: ⌊size / 2⌋ before it, the rest after. Beyond the ends there are zeros.
 *
 * Shape:  x [N, ...S, C] → y of the same shape. Train: as eval.
 * Errors: OptionError unless size is a positive integer and alpha, beta and k are positive;
 *         ShapeError without a batch axis.
 * Source: Krizhevsky et al. 2012, "ImageNet classification with deep convolutional neural
 *         networks", section 3.3; it has alpha where this, as PyTorch, has alpha / size.
 */
export function localResponseNorm(options: LocalResponseNormOptions): Module {
  const { size, alpha = 1e-4, beta = 0.75, k = 1 } = options;
  if (!Number.isSafeInteger(size) || size < 1) {
    throw new OptionError(`localResponseNorm: size must be a positive integer, got ${size}`);
  }
  for (const [name, value] of Object.entries({ alpha, beta, k })) {
    if (value > 0 && value < Infinity) continue;
    throw new OptionError(`localResponseNorm: ${name} must be positive, got ${value}`);
  }

  function apply(x: Value): Value {
    if (x.shape.length < 2) {
      throw new ShapeError(
        `localResponseNorm: input must have a batch axis, got ${showShape(x.shape)}`,
      );
    }
    const base = add(mul(windowSum(square(x), size), alpha / size), k);
    return mul(x, power(base, -beta));
  }
  return Object.freeze({ label: `localResponseNorm({ size: ${size} })`, apply });
}

/** Along the last axis: the sum over ⌊size / 2⌋ elements before each, itself, and the rest after. */
function windowSum(x: Value, size: number): Value {
  const last = x.shape.length - 1;
  const along = (amount: number): number[] =>
    x.shape.map((_, axis) => (axis === last ? amount : 0));
  const before = Math.floor(size / 2);
  const padded = pad(x, { before: along(before), after: along(size - 1 - before) });
  return Array.from({ length: size }, (_, from) =>
    slice(padded, {
      start: along(from),
      end: x.shape.map((width, axis) => (axis === last ? from + width : width)),
    }),
  ).reduce((total, shifted) => add(total, shifted));
}
