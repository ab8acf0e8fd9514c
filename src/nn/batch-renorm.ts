import { OptionError } from "../base/errors.ts";
import { add } from "../graph/ops/add.ts";
import { constant } from "../graph/ops/constant.ts";
import { div } from "../graph/ops/div.ts";
import { maximum } from "../graph/ops/maximum.ts";
import { mean as meanOver } from "../graph/ops/mean.ts";
import { minimum } from "../graph/ops/minimum.ts";
import { mul } from "../graph/ops/mul.ts";
import { neg } from "../graph/ops/neg.ts";
import { sqrt } from "../graph/ops/sqrt.ts";
import { standardize } from "../graph/ops/standardize.ts";
import { stopGradient } from "../graph/ops/stop-gradient.ts";
import { sub } from "../graph/ops/sub.ts";
import { variance as varianceOver } from "../graph/ops/variance.ts";
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

export interface BatchRenormOptions extends AffineOptions {
  /** Added to the variance, in units of x²; defaults to *1e-5*. */
  readonly eps?: number;
  /** Share of the old running value kept per step, in [0, 1); defaults to *0.99, as in the paper*. */
  readonly decay?: number;
  /** The ratio of deviations is kept in [1 / ratioLimit, ratioLimit]; defaults to *3*. */
  readonly ratioLimit?: number;
  /** The difference of means, in deviations, is kept within ± this; defaults to *5*. */
  readonly shiftLimit?: number;
  /**
   * Steps between which the limits rise from 1 and 0 (batch normalization) to what is given;
   * defaults to *none: they hold from the first step*. The paper: { from: 5000, to: 40000 }.
   */
  readonly ramp?: { readonly from: number; readonly to: number };
}

export interface BatchRenorm extends Module, Affine {
  /** Running mean. */
  readonly mean: Statistic;
  /** Running standard deviation, √(variance + eps). */
  readonly deviation: Statistic;
  /** Number of steps so far, if the limits depend on it. */
  readonly steps: Statistic | null;
}

/**
 * Batch renormalization: y = scale · ((x − μ) / σ · r + d) + shift, per channel, with the batch's
 * μ and σ = √(variance + eps), and constants r = σ / running σ and d = (μ − running μ) / running σ,
 * both clipped: within the limits a value is normalized as at test.
 *
 * Shape:  x [N, ...S, C] → y [N, ...S, C]; scale, shift, mean, deviation [C]; m = N · |S|.
 * Train:  no gradient flows through r and d; the running μ and σ take up the batch's.
 * Eval:   y = scale · (x − running μ) / running σ + shift.
 * Errors: OptionError if decay ∉ [0, 1), eps ≤ 0, ratioLimit < 1, shiftLimit < 0 or a ramp is not
 *         0 ≤ from < to; ShapeError if the last axis is not C, or training with m < 2.
 * Source: Ioffe 2017, arXiv:1702.03275, Algorithm 1 and section 4.
 */
export function batchRenorm(channels: number, options: BatchRenormOptions = {}): BatchRenorm {
  const label = `batchRenorm(${channels})`;
  checkFeatures(channels, label);
  const { eps = 1e-5, decay = 0.99 } = options;
  checkEps(eps, label);
  checkDecay(decay, label);
  const limitsAt = resolveLimits(options, label);
  const members = affine([channels], options);
  const mean = statistic([channels], zeros);
  const deviation = statistic([channels], ones);
  const steps = options.ramp === undefined ? null : statistic([], zeros);

  function apply(x: Value, pass: Pass): Value {
    checkInput(x, channels, label);
    const [oldMean, oldDeviation] = [pass.read(mean), pass.read(deviation)];
    if (pass.phase === "eval") {
      return applyAffine(div(sub(x, oldMean), oldDeviation), members, pass);
    }
    checkRows(x, channels, label);
    const axes = rowAxes(x);
    const batchMean = stopGradient(meanOver(x, axes));
    const batchDeviation = stopGradient(sqrt(add(varianceOver(x, axes), eps)));
    const { ratio, shift } = limitsAt(steps === null ? null : pass.read(steps));
    const r = clip(div(batchDeviation, oldDeviation), div(1, ratio), ratio);
    const d = clip(div(sub(batchMean, oldMean), oldDeviation), neg(shift), shift);
    pass.blend(mean, batchMean, { decay });
    pass.blend(deviation, batchDeviation, { decay });
    if (steps !== null) pass.update(steps, add(pass.read(steps), 1));
    return applyAffine(add(mul(standardize(x, { axes, eps }), r), d), members, pass);
  }

  function testAffine(valueOf: (member: Member) => Float32Array): ChannelAffine {
    const r = Float64Array.from(valueOf(deviation), (value) => 1 / value);
    return foldAffine(members, { mean: valueOf(mean), r }, valueOf);
  }
  return Object.freeze({ label, ...members, mean, deviation, steps, apply, testAffine });
}

function clip(x: Value, low: Value, high: Value): Value {
  return minimum(maximum(x, low), high);
}

/** Both limits at a step. */
function resolveLimits(
  { ratioLimit = 3, shiftLimit = 5, ramp }: BatchRenormOptions,
  label: string,
): (step: Value | null) => { readonly ratio: Value; readonly shift: Value } {
  if (!(ratioLimit >= 1 && ratioLimit < Infinity)) {
    throw new OptionError(`${label}: ratioLimit must be at least 1, got ${ratioLimit}`);
  }
  if (!(shiftLimit >= 0 && shiftLimit < Infinity)) {
    throw new OptionError(`${label}: shiftLimit must not be negative, got ${shiftLimit}`);
  }
  if (ramp !== undefined && !(ramp.from >= 0 && ramp.from < ramp.to && ramp.to < Infinity)) {
    throw new OptionError(`${label}: ramp must be 0 ≤ from < to, got ${ramp.from} and ${ramp.to}`);
  }
  return (step) => {
    if (step === null || ramp === undefined) {
      return { ratio: constant(ratioLimit), shift: constant(shiftLimit) };
    }
    const share = div(sub(step, ramp.from), ramp.to - ramp.from);
    const risen = minimum(maximum(share, 0), 1);
    return { ratio: add(mul(risen, ratioLimit - 1), 1), shift: mul(risen, shiftLimit) };
  };
}
