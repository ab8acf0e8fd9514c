import { bernoulli } from "../graph/ops/bernoulli.ts";
import { mul } from "../graph/ops/mul.ts";
import type { Value } from "../graph/value.ts";
import type { Dropout } from "./dropout.ts";
import { resolveKeep, type KeepOptions } from "./keep.ts";
import type { ChannelAffine, Pass } from "./module.ts";
import { perChannel } from "./noise-shape.ts";

/**
 * Dropout of whole channels: y = mask · x / keep, one bit of the mask per example and channel.
 *
 * Shape:  x [N, ...S, C] with at least one spatial axis → y of the same shape.
 * Train:  a new mask at each step. Eval: y = x.
 * Errors: OptionError unless exactly one of rate ∈ [0, 1) and keep ∈ (0, 1] is given; ShapeError
 *         if there is no spatial axis: then whole channels are single values, and it is dropout.
 * Source: Tompson et al. 2015, arXiv:1411.4280, section 3.2.
 */
export function spatialDropout(options: KeepOptions): Dropout {
  const keep = resolveKeep(options, "spatialDropout");

  function apply(x: Value, pass: Pass): Value {
    const shape = perChannel(x, pass, "spatialDropout");
    if (keep === 1 || !pass.noise) return x;
    return mul(x, mul(bernoulli(pass.randomKey(), shape, { keep }), 1 / keep));
  }
  const testAffine = (): ChannelAffine => ({ factor: 1, offset: 0 });
  return Object.freeze({ label: `spatialDropout({ keep: ${keep} })`, keep, apply, testAffine });
}
