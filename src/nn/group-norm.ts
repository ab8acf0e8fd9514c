import { OptionError, ShapeError } from "../base/errors.ts";
import { sizeOf } from "../base/shape.ts";
import { reshape } from "../graph/ops/reshape.ts";
import { standardize } from "../graph/ops/standardize.ts";
import type { Value } from "../graph/value.ts";
import { affine, applyAffine, type Affine, type AffineOptions } from "./affine.ts";
import { checkEps } from "./channel-rows.ts";
import { checkFeatures, checkInput } from "./linear.ts";
import type { Module, Pass } from "./module.ts";

export interface GroupNormOptions extends AffineOptions {
  /** Added to the variance, in units of x²; defaults to *1e-5* (Keras: 1e-3). */
  readonly eps?: number;
}

export interface GroupNorm extends Module, Affine {
  readonly groups: number;
}

/**
 * Group normalization: y = scale · (x − mean) / √(variance + eps) + shift, with one mean and
 * variance per example and group of neighbouring channels, over all positions. It never mixes
 * examples. One group is layer normalization over [...S, C], as many groups as channels instance
 * normalization.
 *
 * Shape:  x [N, ...S, C] → y [N, ...S, C]; scale, shift [C]; |S| · C / groups values per mean.
 * Train:  as eval.
 * Errors: OptionError if groups does not divide channels or eps ≤ 0; ShapeError if the last axis
 *         is not C, or one mean has fewer than two values.
 * Source: Wu & He 2018, arXiv:1803.08494, equation 7.
 */
export function groupNorm(
  groups: number,
  channels: number,
  options: GroupNormOptions = {},
): GroupNorm {
  const label = `groupNorm(${groups}, ${channels})`;
  const { eps = 1e-5 } = options;
  checkFeatures(channels, label);
  checkEps(eps, label);
  if (!Number.isSafeInteger(groups) || groups < 1 || channels % groups !== 0) {
    throw new OptionError(`${label}: groups must divide ${channels} channels, got ${groups}`);
  }
  const members = affine([channels], options);

  function apply(x: Value, pass: Pass): Value {
    checkInput(x, channels, label);
    const positions = sizeOf(x.shape.slice(1, -1));
    const width = channels / groups;
    if (positions * width < 2) {
      throw new ShapeError(`${label}: needs ≥ 2 values per example and group, got 1`);
    }
    const grouped = reshape(x, [x.shape[0]!, positions, groups, width]);
    const y = reshape(standardize(grouped, { axes: [1, 3], eps }), x.shape);
    return applyAffine(y, members, pass);
  }
  return Object.freeze({ label, groups, ...members, apply });
}
