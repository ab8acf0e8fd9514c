import { OptionError, ShapeError } from "../base/errors.ts";
import { sameShape, showShape, sizeOf, type Shape } from "../base/shape.ts";
import { add } from "../graph/ops/add.ts";
import { mean } from "../graph/ops/mean.ts";
import { mul } from "../graph/ops/mul.ts";
import { rsqrt } from "../graph/ops/rsqrt.ts";
import { square } from "../graph/ops/square.ts";
import { standardize } from "../graph/ops/standardize.ts";
import type { Value } from "../graph/value.ts";
import { affine, applyAffine, type Affine, type AffineOptions } from "./affine.ts";
import { checkEps } from "./channel-rows.ts";
import type { Module, Pass } from "./module.ts";

export interface LayerNormOptions extends AffineOptions {
  /** Added to the variance, in units of x²; defaults to *1e-5* (Keras: 1e-3). */
  readonly eps?: number;
}

export interface LayerNorm extends Module, Affine {}

/**
 * Layer normalization: y = scale · (x − mean) / √(variance + eps) + shift, per example (and
 * position), over the last axes.
 *
 * Shape:  x [N, ...S, ...F] → y of the same shape; scale, shift [...F]; one mean per [N, ...S].
 *         F is `features`: a number for the channels alone, or the sizes of the last axes.
 * Train:  as eval: an example is normalized by itself.
 * Errors: OptionError if a size is not a positive integer or eps ≤ 0; ShapeError if x's last axes
 *         are not F, or F has one element: the output would be the shift alone.
 * Source: Ba et al. 2016, arXiv:1607.06450, equation 4.
 */
export function layerNorm(features: number | Shape, options: LayerNormOptions = {}): LayerNorm {
  const { eps = 1e-5 } = options;
  const { shape, label } = resolveFeatures(features, "layerNorm");
  checkEps(eps, label);
  const members = affine(shape, options);

  function apply(x: Value, pass: Pass): Value {
    const axes = featureAxes(x, shape, label);
    if (sizeOf(shape) < 2) {
      throw new ShapeError(`${label}: needs ≥ 2 features per mean, got ${sizeOf(shape)}`);
    }
    return applyAffine(standardize(x, { axes, eps }), members, pass);
  }
  return Object.freeze({ label, ...members, apply });
}

export interface RmsNormOptions {
  /** Added to the mean square, in units of x²; defaults to *1e-5* (PyTorch: the type's epsilon). */
  readonly eps?: number;
  /** Learn a factor per feature? Defaults to *true*. */
  readonly scale?: boolean;
}

/**
 * Root-mean-square normalization: y = scale · x / √(mean(x²) + eps), over the last axes; no mean
 * is taken away, no offset learned.
 *
 * Shape:  as `layerNorm`. Train: as eval.
 * Errors: as `layerNorm`, but one feature is allowed.
 * Source: Zhang & Sennrich 2019, arXiv:1910.07467, equation 4.
 */
export function rmsNorm(features: number | Shape, options: RmsNormOptions = {}): LayerNorm {
  const { eps = 1e-5, scale = true } = options;
  const { shape, label } = resolveFeatures(features, "rmsNorm");
  checkEps(eps, label);
  const members = affine(shape, { scale, shift: false });

  function apply(x: Value, pass: Pass): Value {
    const axes = featureAxes(x, shape, label);
    const r = rsqrt(add(mean(square(x), axes, { keepAxes: true }), eps));
    return applyAffine(mul(x, r), members, pass);
  }
  return Object.freeze({ label, ...members, apply });
}

function resolveFeatures(
  features: number | Shape,
  who: string,
): { readonly shape: Shape; readonly label: string } {
  const shape = typeof features === "number" ? [features] : [...features];
  const label = `${who}(${typeof features === "number" ? features : showShape(features)})`;
  if (shape.length === 0 || shape.some((size) => !Number.isSafeInteger(size) || size < 1)) {
    throw new OptionError(`${label}: sizes must be positive integers, got ${showShape(shape)}`);
  }
  return { shape, label };
}

/** The axes that are normalized together; there must be a batch axis before them. */
function featureAxes(x: Value, shape: Shape, label: string): number[] {
  const first = x.shape.length - shape.length;
  if (first < 1 || !sameShape(x.shape.slice(first), shape)) {
    throw new ShapeError(
      `${label}: input must be [N, ..., ${shape.join(", ")}], got ${showShape(x.shape)}`,
    );
  }
  return shape.map((_, axis) => first + axis);
}
