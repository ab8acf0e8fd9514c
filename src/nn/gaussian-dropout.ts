import { add } from "../graph/ops/add.ts";
import { mul } from "../graph/ops/mul.ts";
import { normal } from "../graph/ops/normal.ts";
import type { Value } from "../graph/value.ts";
import type { Dropout } from "./dropout.ts";
import { resolveKeep, type KeepOptions } from "./keep.ts";
import type { ChannelAffine, Pass } from "./module.ts";
import { perElement } from "./noise-shape.ts";

/**
 * Multiplicative Gaussian noise with the mean and variance of inverted dropout:
 * y = x · r, r ~ N(1, (1 − keep) / keep), that is N(1, rate / keep).
 *
 * Shape:  x [N, ...S] → y [N, ...S]; one r per element.
 * Train:  new noise at each step. Eval: y = x.
 * Errors: OptionError unless exactly one of rate ∈ [0, 1) and keep ∈ (0, 1] is given.
 * Source: Srivastava et al. 2014, JMLR 15, section 10.
 */
export function gaussianDropout(options: KeepOptions): Dropout {
  const keep = resolveKeep(options, "gaussianDropout");
  const deviation = Math.sqrt((1 - keep) / keep);

  function apply(x: Value, pass: Pass): Value {
    if (keep === 1 || !pass.noise) return x;
    const noise = normal(pass.randomKey(), perElement(x, pass));
    return mul(x, add(mul(noise, deviation), 1));
  }
  const testAffine = (): ChannelAffine => ({ factor: 1, offset: 0 });
  return Object.freeze({ label: `gaussianDropout({ keep: ${keep} })`, keep, apply, testAffine });
}
