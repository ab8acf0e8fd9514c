import { OptionError } from "../base/errors.ts";
import { add } from "../graph/ops/add.ts";
import { div } from "../graph/ops/div.ts";
import { mean as meanOver } from "../graph/ops/mean.ts";
import { mul } from "../graph/ops/mul.ts";
import { rsqrt } from "../graph/ops/rsqrt.ts";
import { standardize } from "../graph/ops/standardize.ts";
import { sub } from "../graph/ops/sub.ts";
import { variance as varianceOver } from "../graph/ops/variance.ts";
import type { Value } from "../graph/value.ts";
import {
  affine,
  applyAffine,
  foldAffine,
  frozenAffine,
  type Affine,
  type AffineOptions,
} from "./affine.ts";
import { checkDecay, checkEps, checkRows, rowAxes, rowCount } from "./channel-rows.ts";
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

export interface BatchNormOptions extends AffineOptions {
  /** Whose defaults to take for the options not given; defaults to *"torch"*. */
  readonly like?: "torch" | "keras";
  /** Added to the variance, in units of x²; defaults to *1e-5* (keras: 1e-3). */
  readonly eps?: number;
  /**
   * Share of the old running value kept per step, in [0, 1); defaults to *0.9* (PyTorch calls it
   * momentum 0.1), keras: 0.99 (its momentum 0.99). `"cumulative"`: the plain mean over all steps
   * so far (PyTorch: momentum None).
   */
  readonly decay?: number | "cumulative";
  /** Does the running variance store the batch's × m / (m − 1)? Defaults to *true* (keras: false). */
  readonly unbiased?: boolean;
  /**
   * What is used at test: the running statistics, or the batch's own, none being kept (PyTorch:
   * track_running_stats False). Defaults to *"running"*.
   */
  readonly statistics?: "running" | "batch";
  /**
   * Normalize with the running statistics in training too, and change nothing: neither them nor
   * scale and shift, which no optimizer sees then. Defaults to *false*.
   */
  readonly frozen?: boolean;
}

export interface BatchNorm extends Module, Affine<Member> {
  /** Running mean; null if only the batch's own is used. */
  readonly mean: Statistic | null;
  /** Running variance; null if only the batch's own is used. */
  readonly variance: Statistic | null;
  /** Number of steps so far, if the decay depends on it. */
  readonly steps: Statistic | null;
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
 * Errors: OptionError if decay ∉ [0, 1), eps ≤ 0, or options contradict each other; ShapeError if
 *         the last axis is not C, or the batch's statistics are wanted with m < 2.
 * Source: Ioffe & Szegedy 2015, arXiv:1502.03167, Algorithms 1 and 2.
 */
export function batchNorm(channels: number, options: BatchNormOptions = {}): BatchNorm {
  const label = `batchNorm(${channels})`;
  checkFeatures(channels, label);
  const { eps, decay, unbiased, running, frozen } = resolveOptions(options, label);
  const members = (frozen ? frozenAffine : affine)([channels], options);
  const kept = running && {
    mean: statistic([channels], zeros),
    variance: statistic([channels], ones),
    steps: decay === "cumulative" ? statistic([], zeros) : null,
  };

  function track(x: Value, pass: Pass): void {
    if (!kept || pass.phase === "eval") return;
    const count = rowCount(x);
    const batchVariance = varianceOver(x, rowAxes(x));
    const stored = unbiased ? mul(batchVariance, count / (count - 1)) : batchVariance;
    const share = decay === "cumulative" ? countStep(kept.steps!, pass) : decay;
    pass.blend(kept.mean, meanOver(x, rowAxes(x)), { decay: share });
    pass.blend(kept.variance, stored, { decay: share });
  }

  function apply(x: Value, pass: Pass): Value {
    checkInput(x, channels, label);
    if (kept && (pass.phase === "eval" || frozen)) {
      const r = rsqrt(add(pass.read(kept.variance), eps));
      return applyAffine(mul(sub(x, pass.read(kept.mean)), r), members, pass);
    }
    checkRows(x, channels, label);
    track(x, pass);
    return applyAffine(standardize(x, { axes: rowAxes(x), eps }), members, pass);
  }

  function testAffine(valueOf: (member: Member) => Float32Array): ChannelAffine | null {
    if (!kept) return null;
    const r = Float64Array.from(valueOf(kept.variance), (value) => 1 / Math.sqrt(value + eps));
    return foldAffine(members, { mean: valueOf(kept.mean), r }, valueOf);
  }
  const none = { mean: null, variance: null, steps: null };
  return Object.freeze({ label, ...members, ...(kept || none), apply, testAffine });
}

/** Counts this step; the share of the old value that makes each step weigh the same. */
function countStep(steps: Statistic, pass: Pass): Value {
  const before = pass.read(steps);
  const now = add(before, 1);
  pass.update(steps, now);
  return div(before, now);
}

interface Resolved {
  readonly eps: number;
  readonly decay: number | "cumulative";
  readonly unbiased: boolean;
  readonly running: boolean;
  readonly frozen: boolean;
}

function resolveOptions(options: BatchNormOptions, label: string): Resolved {
  const { like = "torch", statistics = "running", frozen = false } = options;
  if (!Object.hasOwn(PRESETS, like)) {
    throw new OptionError(`${label}: like must be "torch" or "keras", got ${JSON.stringify(like)}`);
  }
  if (statistics !== "running" && statistics !== "batch") {
    throw new OptionError(
      `${label}: statistics must be "running" or "batch", got ${JSON.stringify(statistics)}`,
    );
  }
  if (frozen && statistics === "batch") {
    throw new OptionError(`${label}: frozen needs statistics "running", got "batch"`);
  }
  const {
    eps = PRESETS[like].eps,
    decay = PRESETS[like].decay,
    unbiased = PRESETS[like].unbiased,
  } = options;
  if (decay !== "cumulative") checkDecay(decay, label);
  checkEps(eps, label);
  return { eps, decay, unbiased, running: statistics === "running", frozen };
}
