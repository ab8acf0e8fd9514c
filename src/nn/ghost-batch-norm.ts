import { OptionError, ShapeError } from "../base/errors.ts";
import { sizeOf } from "../base/shape.ts";
import { add } from "../graph/ops/add.ts";
import { cast } from "../graph/ops/cast.ts";
import { equal } from "../graph/ops/equal.ts";
import { exp } from "../graph/ops/exp.ts";
import { iota } from "../graph/ops/iota.ts";
import { mean as meanOver } from "../graph/ops/mean.ts";
import { mul } from "../graph/ops/mul.ts";
import { reshape } from "../graph/ops/reshape.ts";
import { rsqrt } from "../graph/ops/rsqrt.ts";
import { standardize } from "../graph/ops/standardize.ts";
import { sub } from "../graph/ops/sub.ts";
import { sum } from "../graph/ops/sum.ts";
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

export interface GhostBatchNormOptions extends AffineOptions {
  /** Examples per ghost batch; it must divide the batch. */
  readonly ghostSize: number;
  /** Added to the variance, in units of x²; defaults to *1e-5*. */
  readonly eps?: number;
  /** Share of the old running value kept per ghost batch, in [0, 1); defaults to *0.9*. */
  readonly decay?: number;
}

export interface GhostBatchNorm extends Module, Affine {
  readonly ghostSize: number;
  readonly mean: Statistic;
  readonly variance: Statistic;
}

/**
 * Batch normalization of a large batch in small ones: the batch is cut along its first axis into
 * ghost batches of `ghostSize` examples, each normalized by its own mean and variance.
 *
 * Shape:  x [N, ...S, C] → y [N, ...S, C]; scale, shift, mean, variance [C]; m = ghostSize · |S|.
 * Train:  the running statistics take up the ghost batches one after the other, so a step keeps
 *         decay^(N / ghostSize) of the old values; the variance stored is unbiased.
 * Eval:   reads the running statistics and changes nothing.
 * Errors: OptionError if ghostSize is not a positive integer, decay ∉ [0, 1) or eps ≤ 0; ShapeError
 *         if the last axis is not C, ghostSize does not divide N, or training with m < 2.
 * Source: Hoffer et al. 2017, arXiv:1705.08741, Algorithm 1.
 */
export function ghostBatchNorm(channels: number, options: GhostBatchNormOptions): GhostBatchNorm {
  const { ghostSize, eps = 1e-5, decay = 0.9 } = options;
  const label = `ghostBatchNorm(${channels})`;
  checkFeatures(channels, label);
  checkEps(eps, label);
  checkDecay(decay, label);
  if (!Number.isSafeInteger(ghostSize) || ghostSize < 1) {
    throw new OptionError(`${label}: ghostSize must be a positive integer, got ${ghostSize}`);
  }
  const members = affine([channels], options);
  const mean = statistic([channels], zeros);
  const variance = statistic([channels], ones);

  function apply(x: Value, pass: Pass): Value {
    checkInput(x, channels, label);
    if (pass.phase === "eval") {
      const r = rsqrt(add(pass.read(variance), eps));
      return applyAffine(mul(sub(x, pass.read(mean)), r), members, pass);
    }
    const count = ghostSize * sizeOf(x.shape.slice(1, -1));
    const ghosts = x.shape[0]! / ghostSize;
    if (!Number.isInteger(ghosts)) {
      throw new ShapeError(`${label}: ghostSize ${ghostSize} must divide N, got N = ${x.shape[0]}`);
    }
    if (count < 2) {
      throw new ShapeError(`${label}: training needs m ≥ 2 values per channel, got m = ${count}`);
    }
    const parted = reshape(x, [ghosts, count, channels]);
    const unbiased = mul(varianceOver(parted, [1]), count / (count - 1));
    pass.blend(mean, inTurn(meanOver(parted, [1]), decay), { decay: decay ** ghosts });
    pass.blend(variance, inTurn(unbiased, decay), { decay: decay ** ghosts });
    return applyAffine(reshape(standardize(parted, { axes: [1], eps }), x.shape), members, pass);
  }

  function testAffine(valueOf: (member: Member) => Float32Array): ChannelAffine {
    const r = Float64Array.from(valueOf(variance), (value) => 1 / Math.sqrt(value + eps));
    return foldAffine(members, { mean: valueOf(mean), r }, valueOf);
  }
  return Object.freeze({ label, ghostSize, ...members, mean, variance, apply, testAffine });
}

/** The weighted mean of [ghosts, C] that blending one ghost after the other comes to. */
function inTurn(values: Value, decay: number): Value {
  const ghosts = values.shape[0]!;
  const age = sub(ghosts - 1, cast(iota([ghosts, 1], 0), "f32"));
  const weight = (1 - decay) / (1 - decay ** ghosts);
  // A power of zero has no logarithm: without memory the youngest counts alone.
  const remembered = decay === 0 ? cast(equal(age, 0), "f32") : exp(mul(age, Math.log(decay)));
  return sum(mul(values, mul(remembered, weight)), [0]);
}
