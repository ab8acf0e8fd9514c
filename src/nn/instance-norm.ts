import { OptionError, ShapeError } from "../base/errors.ts";
import { showShape, sizeOf } from "../base/shape.ts";
import { add } from "../graph/ops/add.ts";
import { mean as meanOver } from "../graph/ops/mean.ts";
import { mul } from "../graph/ops/mul.ts";
import { rsqrt } from "../graph/ops/rsqrt.ts";
import { standardize } from "../graph/ops/standardize.ts";
import { sub } from "../graph/ops/sub.ts";
import { variance as varianceOver } from "../graph/ops/variance.ts";
import type { Value } from "../graph/value.ts";
import { affine, applyAffine, foldAffine, type Affine, type AffineOptions } from "./affine.ts";
import { checkDecay, checkEps } from "./channel-rows.ts";
import { ones, zeros } from "./initializers.ts";
import { checkFeatures, checkInput } from "./linear.ts";
import {
  statistic,
  type ChannelAffine,
  type Member,
  type Module,
  type Pass,
  type Statistic,
} from "./module.ts";

export interface InstanceNormOptions extends AffineOptions {
  /** Added to the variance, in units of x²; defaults to *1e-5*. */
  readonly eps?: number;
  /**
   * What is used at test: each example's own statistics, or running means of the examples'
   * (PyTorch: track_running_stats True). Defaults to *"own"*.
   */
  readonly statistics?: "own" | "running";
  /** Share of the old running value kept per step, in [0, 1); defaults to *0.9*. */
  readonly decay?: number;
}

export interface InstanceNorm extends Module, Affine {
  readonly mean: Statistic | null;
  readonly variance: Statistic | null;
}

/**
 * Instance normalization: y = scale · (x − mean) / √(variance + eps) + shift, with one mean and
 * variance per example and channel, over the positions.
 *
 * Shape:  x [N, ...S, C] with at least one spatial axis → y of the same shape; scale, shift [C].
 * Train:  divides by the biased variance; running statistics store the mean over examples of the
 *         unbiased one.
 * Eval:   the same, or the running statistics.
 * Errors: OptionError if decay ∉ [0, 1) or eps ≤ 0; ShapeError if the last axis is not C, or an
 *         example has fewer than two positions.
 * Source: Ulyanov et al. 2016, arXiv:1607.08022, equation 4.
 */
export function instanceNorm(channels: number, options: InstanceNormOptions = {}): InstanceNorm {
  const label = `instanceNorm(${channels})`;
  const { eps = 1e-5, decay = 0.9, statistics = "own" } = options;
  checkFeatures(channels, label);
  checkEps(eps, label);
  checkDecay(decay, label);
  if (statistics !== "own" && statistics !== "running") {
    throw new OptionError(
      `${label}: statistics must be "own" or "running", got ${JSON.stringify(statistics)}`,
    );
  }
  const members = affine([channels], options);
  const kept = statistics === "running" && {
    mean: statistic([channels], zeros),
    variance: statistic([channels], ones),
  };

  function apply(x: Value, pass: Pass): Value {
    checkInput(x, channels, label);
    if (kept && pass.phase === "eval") {
      const r = rsqrt(add(pass.read(kept.variance), eps));
      return applyAffine(mul(sub(x, pass.read(kept.mean)), r), members, pass);
    }
    const count = sizeOf(x.shape.slice(1, -1));
    if (count < 2) {
      throw new ShapeError(
        `${label}: needs ≥ 2 positions per example, got ${count} in ${showShape(x.shape)}`,
      );
    }
    const axes = x.shape.slice(1, -1).map((_, axis) => axis + 1);
    if (kept) {
      const unbiased = mul(meanOver(varianceOver(x, axes), [0]), count / (count - 1));
      pass.blend(kept.mean, meanOver(meanOver(x, axes), [0]), { decay });
      pass.blend(kept.variance, unbiased, { decay });
    }
    return applyAffine(standardize(x, { axes, eps }), members, pass);
  }

  function testAffine(valueOf: (member: Member) => Float32Array): ChannelAffine | null {
    if (!kept) return null;
    const r = Float64Array.from(valueOf(kept.variance), (value) => 1 / Math.sqrt(value + eps));
    return foldAffine(members, { mean: valueOf(kept.mean), r }, valueOf);
  }
  const none = { mean: null, variance: null };
  return Object.freeze({ label, ...members, ...(kept || none), apply, testAffine });
}
