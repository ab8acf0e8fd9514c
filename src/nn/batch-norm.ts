import { OptionError, ShapeError } from "../base/errors.ts";
import { add } from "../graph/ops/add.ts";
import { mean as meanOver } from "../graph/ops/mean.ts";
import { mul } from "../graph/ops/mul.ts";
import { rsqrt } from "../graph/ops/rsqrt.ts";
import { standardize } from "../graph/ops/standardize.ts";
import { sub } from "../graph/ops/sub.ts";
import { variance as varianceOver } from "../graph/ops/variance.ts";
import type { Value } from "../graph/value.ts";
import { ones, zeros } from "./initializers.ts";
import { checkFeatures, checkInput } from "./linear.ts";
import {
  parameter,
  statistic,
  type Module,
  type Parameter,
  type Pass,
  type Statistic,
} from "./module.ts";

export interface BatchNormOptions {
  /** Whose defaults to take for the options not given; defaults to *"torch"*. */
  readonly like?: "torch" | "keras";
  /** Added to the variance, in units of x²; defaults to *1e-5* (keras: 1e-3). */
  readonly eps?: number;
  /**
   * Share of the old running value kept per step, in [0, 1); defaults to *0.9* (PyTorch calls it
   * momentum 0.1), keras: 0.99 (its momentum 0.99).
   */
  readonly decay?: number;
  /** Does the running variance store the batch's × m / (m − 1)? Defaults to *true* (keras: false). */
  readonly unbiased?: boolean;
  /** Learn a factor per channel? Defaults to *true*. */
  readonly scale?: boolean;
  /** Learn an offset per channel? Defaults to *true*. */
  readonly shift?: boolean;
}

export interface BatchNorm extends Module {
  readonly scale: Parameter | null;
  readonly shift: Parameter | null;
  /** Running mean. */
  readonly mean: Statistic;
  /** Running variance. */
  readonly variance: Statistic;
}

const PRESETS = {
  torch: { eps: 1e-5, decay: 0.9, unbiased: true },
  keras: { eps: 1e-3, decay: 0.99, unbiased: false },
} as const;

/**
 * Batch normalization: y = scale · (x − mean) / √(variance + eps) + shift, per channel.
 *
 * Shape:  x [N, ...S, C] → y [N, ...S, C]; scale, shift, mean, variance [C]; m = N · |S|.
 * Train:  divides by the biased batch variance, stores the unbiased one (× m / (m − 1)).
 * Eval:   reads the running statistics and changes nothing.
 * Errors: OptionError if decay ∉ [0, 1) or eps ≤ 0; ShapeError if the last axis is not C, or
 *         training with m < 2.
 * Source: Ioffe & Szegedy 2015, arXiv:1502.03167, Algorithms 1 and 2.
 */
export function batchNorm(channels: number, options: BatchNormOptions = {}): BatchNorm {
  const label = `batchNorm(${channels})`;
  checkFeatures(channels, label);
  const { eps, decay, unbiased } = resolveOptions(options, label);
  const scale = options.scale === false ? null : parameter([channels], ones);
  const shift = options.shift === false ? null : parameter([channels], zeros);
  const mean = statistic([channels], zeros);
  const variance = statistic([channels], ones);

  function apply(x: Value, pass: Pass): Value {
    checkInput(x, channels, label);
    const affine = (y: Value): Value => {
      const scaled = scale === null ? y : mul(y, pass.read(scale));
      return shift === null ? scaled : add(scaled, pass.read(shift));
    };
    if (pass.phase === "eval") {
      const r = rsqrt(add(pass.read(variance), eps));
      return affine(mul(sub(x, pass.read(mean)), r));
    }
    const axes = x.shape.slice(0, -1).map((_, axis) => axis);
    const count = x.shape.slice(0, -1).reduce((size, axis) => size * axis, 1);
    if (count < 2) {
      throw new ShapeError(`${label}: training needs m ≥ 2 values per channel, got m = ${count}`);
    }
    const batchVariance = varianceOver(x, axes);
    pass.blend(mean, meanOver(x, axes), { decay });
    pass.blend(variance, unbiased ? mul(batchVariance, count / (count - 1)) : batchVariance, {
      decay,
    });
    return affine(standardize(x, { axes, eps }));
  }
  return Object.freeze({ label, scale, shift, mean, variance, apply });
}

function resolveOptions(
  options: BatchNormOptions,
  label: string,
): { readonly eps: number; readonly decay: number; readonly unbiased: boolean } {
  const { like = "torch" } = options;
  if (!Object.hasOwn(PRESETS, like)) {
    throw new OptionError(`${label}: like must be "torch" or "keras", got ${JSON.stringify(like)}`);
  }
  const {
    eps = PRESETS[like].eps,
    decay = PRESETS[like].decay,
    unbiased = PRESETS[like].unbiased,
  } = options;
  if (!(decay >= 0 && decay < 1)) {
    throw new OptionError(`${label}: decay must be in [0, 1), got ${decay}`);
  }
  if (!(eps > 0 && eps < Infinity)) {
    throw new OptionError(`${label}: eps must be positive, got ${eps}`);
  }
  return { eps, decay, unbiased };
}
