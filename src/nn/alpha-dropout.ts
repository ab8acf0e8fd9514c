import type { Shape } from "../base/shape.ts";
import { add } from "../graph/ops/add.ts";
import { bernoulli } from "../graph/ops/bernoulli.ts";
import { greater } from "../graph/ops/less.ts";
import { mul } from "../graph/ops/mul.ts";
import { select } from "../graph/ops/select.ts";
import type { Value } from "../graph/value.ts";
import type { Dropout } from "./dropout.ts";
import { resolveKeep, type KeepOptions } from "./keep.ts";
import type { ChannelAffine, Pass } from "./module.ts";
import { perChannel, perElement } from "./noise-shape.ts";
import { SELU_ALPHA, SELU_SCALE } from "./selu.ts";

/** What a dropped value becomes: −λ · α, SELU's limit at −∞. */
const DROPPED: number = -SELU_SCALE * SELU_ALPHA;

export interface AlphaDropout extends Dropout {
  /** The factor a and the offset b that put mean and variance back to 0 and 1. */
  readonly a: number;
  readonly b: number;
}

/**
 * Dropout for SELU: y = a · (x where kept, −λα where dropped) + b, so that inputs of mean 0 and
 * variance 1 keep both. a = (keep + λ²α² · keep · (1 − keep))^(−1/2), b = a · (1 − keep) · λα.
 *
 * Shape:  x [N, ...S] → y [N, ...S]; one bit per element.
 * Train:  a new mask at each step. Eval: y = x.
 * Errors: OptionError unless exactly one of rate ∈ [0, 1) and keep ∈ (0, 1] is given.
 * Source: Klambauer et al. 2017, arXiv:1706.02515, section 2, "New dropout technique".
 */
export function alphaDropout(options: KeepOptions): AlphaDropout {
  return dropToAlpha("alphaDropout", options, perElement);
}

/**
 * Alpha dropout of whole channels: one bit per example and channel.
 *
 * Shape:  x [N, ...S, C] with at least one spatial axis → y of the same shape.
 * Train:  a new mask at each step. Eval: y = x.
 * Errors: as `alphaDropout`; ShapeError if there is no spatial axis.
 */
export function featureAlphaDropout(options: KeepOptions): AlphaDropout {
  return dropToAlpha("featureAlphaDropout", options, perChannel);
}

function dropToAlpha(
  who: string,
  options: KeepOptions,
  maskShape: (x: Value, pass: Pass, who: string) => Shape,
): AlphaDropout {
  const keep = resolveKeep(options, who);
  const a = 1 / Math.sqrt(keep + DROPPED ** 2 * keep * (1 - keep));
  const b = -a * (1 - keep) * DROPPED;

  function apply(x: Value, pass: Pass): Value {
    const shape = maskShape(x, pass, who);
    if (keep === 1 || !pass.noise) return x;
    const kept = greater(bernoulli(pass.randomKey(), shape, { keep }), 0);
    return add(mul(select(kept, x, DROPPED), a), b);
  }
  const testAffine = (): ChannelAffine => ({ factor: 1, offset: 0 });
  return Object.freeze({ label: `${who}({ keep: ${keep} })`, keep, a, b, apply, testAffine });
}
