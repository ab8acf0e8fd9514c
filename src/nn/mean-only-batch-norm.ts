import { add } from "../graph/ops/add.ts";
import { mean as meanOver } from "../graph/ops/mean.ts";
import { sub } from "../graph/ops/sub.ts";
import type { Value } from "../graph/value.ts";
import { checkDecay, checkRows, rowAxes } from "./channel-rows.ts";
import { zeros } from "./initializers.ts";
import { checkFeatures, checkInput } from "./linear.ts";
import {
  parameter,
  statistic,
  type ChannelAffine,
  type Member,
  type Module,
  type Parameter,
  type Pass,
  type Statistic,
} from "./module.ts";

export interface MeanOnlyBatchNormOptions {
  /** Share of the old running mean kept per step, in [0, 1); defaults to *0.9*. */
  readonly decay?: number;
  /** Learn an offset per channel? Defaults to *true*. */
  readonly shift?: boolean;
}

export interface MeanOnlyBatchNorm extends Module {
  readonly shift: Parameter | null;
  /** Running mean. */
  readonly mean: Statistic;
}

/**
 * Mean-only batch normalization, the companion of weight normalization: y = x − mean + shift, per
 * channel; the scale is the weights' business.
 *
 * Shape:  x [N, ...S, C] → y [N, ...S, C]; shift, mean [C]; m = N · |S|.
 * Train:  the batch's mean, with its gradient. Eval: the running mean.
 * Errors: OptionError if decay ∉ [0, 1); ShapeError if the last axis is not C, or training with m < 2.
 * Source: Salimans & Kingma 2016, arXiv:1602.07868, section 4.
 */
export function meanOnlyBatchNorm(
  channels: number,
  { decay = 0.9, shift: wantShift = true }: MeanOnlyBatchNormOptions = {},
): MeanOnlyBatchNorm {
  const label = `meanOnlyBatchNorm(${channels})`;
  checkFeatures(channels, label);
  checkDecay(decay, label);
  const shift = wantShift ? parameter([channels], zeros) : null;
  const mean = statistic([channels], zeros);

  function apply(x: Value, pass: Pass): Value {
    checkInput(x, channels, label);
    const shifted = (y: Value): Value => (shift === null ? y : add(y, pass.read(shift)));
    if (pass.phase === "eval") return shifted(sub(x, pass.read(mean)));
    checkRows(x, channels, label);
    const batchMean = meanOver(x, rowAxes(x));
    pass.blend(mean, batchMean, { decay });
    return shifted(sub(x, batchMean));
  }

  function testAffine(valueOf: (member: Member) => Float32Array): ChannelAffine {
    const shifts = shift === null ? null : valueOf(shift);
    const offset = Float64Array.from(valueOf(mean), (value, c) => (shifts?.[c] ?? 0) - value);
    return { factor: 1, offset };
  }
  return Object.freeze({ label, shift, mean, apply, testAffine });
}
