import { OptionError } from "../base/errors.ts";
import { add } from "../graph/ops/add.ts";
import { div } from "../graph/ops/div.ts";
import { mean as meanOver } from "../graph/ops/mean.ts";
import { powerMean } from "../graph/ops/power-mean.ts";
import { sub } from "../graph/ops/sub.ts";
import type { Value } from "../graph/value.ts";
import { affine, applyAffine, foldAffine, type Affine, type AffineOptions } from "./affine.ts";
import { checkDecay, checkEps, checkRows, rowAxes } from "./channel-rows.ts";
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

export interface LpBatchNormOptions extends AffineOptions {
  /** Which norm: 1, 2, Infinity, or any number of at least 1. */
  readonly order: number;
  /** Added to the norm, in units of x; defaults to *1e-5*. */
  readonly eps?: number;
  /** Share of the old running value kept per step, in [0, 1); defaults to *0.9*. */
  readonly decay?: number;
}

export interface LpBatchNorm extends Module, Affine {
  readonly order: number;
  /** Running mean. */
  readonly mean: Statistic;
  /** Running average norm. */
  readonly norm: Statistic;
}

/**
 * Batch normalization by another norm: y = scale · (x − mean) / (norm + eps) + shift, per channel,
 * with norm = mean(|x|^order)^(1 / order), or max |x|, of the values as they come, before the mean
 * is taken away.
 *
 * Shape:  x [N, ...S, C] → y [N, ...S, C]; scale, shift, mean, norm [C]; m = N · |S|.
 * Train:  the batch's own mean and norm; both are blended into the running ones.
 * Eval:   the running mean and norm.
 * Errors: OptionError if order < 1, decay ∉ [0, 1) or eps ≤ 0; ShapeError if the last axis is not
 *         C, or training with m < 2.
 * Source: Santurkar et al. 2018, arXiv:1805.11604, section 3.3; the paper gives words, no formula:
 *         the average norm is our reading (the norm itself would shrink outputs by m^(1 / order)).
 */
export function lpBatchNorm(channels: number, options: LpBatchNormOptions): LpBatchNorm {
  const { order, eps = 1e-5, decay = 0.9 } = options;
  const label = `lpBatchNorm(${channels})`;
  checkFeatures(channels, label);
  if (!(order >= 1)) throw new OptionError(`${label}: order must be at least 1, got ${order}`);
  checkEps(eps, label);
  checkDecay(decay, label);
  const members = affine([channels], options);
  const mean = statistic([channels], zeros);
  const norm = statistic([channels], ones);

  function apply(x: Value, pass: Pass): Value {
    checkInput(x, channels, label);
    const normalized = (center: Value, size: Value): Value =>
      applyAffine(div(sub(x, center), add(size, eps)), members, pass);
    if (pass.phase === "eval") return normalized(pass.read(mean), pass.read(norm));
    checkRows(x, channels, label);
    const batchMean = meanOver(x, rowAxes(x));
    const batchNorm = powerMean(x, rowAxes(x), { order });
    pass.blend(mean, batchMean, { decay });
    pass.blend(norm, batchNorm, { decay });
    return normalized(batchMean, batchNorm);
  }

  function testAffine(valueOf: (member: Member) => Float32Array): ChannelAffine {
    const r = Float64Array.from(valueOf(norm), (value) => 1 / (value + eps));
    return foldAffine(members, { mean: valueOf(mean), r }, valueOf);
  }
  return Object.freeze({ label, order, ...members, mean, norm, apply, testAffine });
}
