import { OptionError } from "../base/errors.ts";
import { add } from "../graph/ops/add.ts";
import { mul } from "../graph/ops/mul.ts";
import { normal } from "../graph/ops/normal.ts";
import { sub } from "../graph/ops/sub.ts";
import { uniform } from "../graph/ops/uniform.ts";
import type { Value } from "../graph/value.ts";
import type { ChannelAffine, Module, Pass } from "./module.ts";
import { perElement } from "./noise-shape.ts";

export interface UnitNoiseOptions {
  /** Each step draws a unit's mean shift from U(−meanRange, meanRange); defaults to *0.5*. */
  readonly meanRange?: number;
  /** Each step draws a unit's mean scale from U(1, scaleLimit); defaults to *1.25*. */
  readonly scaleLimit?: number;
  /** Each value's shift is uniform within ± this of its unit's; defaults to *0.1*. */
  readonly shiftJitter?: number;
  /** Each value's scale is Gaussian about its unit's with this standard deviation; defaults to *0.1*. */
  readonly scaleJitter?: number;
}

/**
 * Noise whose distribution changes with every step: y = s · x + t. Per unit and step, a mean shift
 * μ ~ U(−meanRange, meanRange) and a mean scale σ ~ U(1, scaleLimit); per value, a shift
 * t ~ U(μ − shiftJitter, μ + shiftJitter) and a scale s ~ N(σ, scaleJitter²).
 *
 * Shape:  x [N, ...S, C] → y of the same shape; a unit is a channel, positions count as examples.
 * Train:  new noise at each step. Eval: y = x.
 * Errors: OptionError for ranges that are negative, or scaleLimit < 1.
 * Source: Santurkar et al. 2018, arXiv:1805.11604, Algorithm 1, and its values; whether its r_σ is
 *         a standard deviation or a variance the paper does not say: here the former.
 */
export function unitNoise(options: UnitNoiseOptions = {}): Module {
  const { meanRange = 0.5, scaleLimit = 1.25, shiftJitter = 0.1, scaleJitter = 0.1 } = options;
  for (const [name, value] of Object.entries({ meanRange, shiftJitter, scaleJitter })) {
    if (value >= 0 && value < Infinity) continue;
    throw new OptionError(`unitNoise: ${name} must be finite and not negative, got ${value}`);
  }
  if (!(scaleLimit >= 1 && scaleLimit < Infinity)) {
    throw new OptionError(`unitNoise: scaleLimit must be at least 1, got ${scaleLimit}`);
  }

  function apply(x: Value, pass: Pass): Value {
    if (!pass.noise) return x;
    const units = [x.shape.at(-1) ?? 1];
    const values = perElement(x, pass);
    const unitShift = centred(uniform(pass.randomKey(), units), meanRange);
    const unitScale = add(mul(uniform(pass.randomKey(), units), scaleLimit - 1), 1);
    const shift = add(unitShift, centred(uniform(pass.randomKey(), values), shiftJitter));
    const scale = add(unitScale, mul(normal(pass.randomKey(), values), scaleJitter));
    return add(mul(x, scale), shift);
  }
  const testAffine = (): ChannelAffine => ({ factor: 1, offset: 0 });
  return Object.freeze({ label: "unitNoise", apply, testAffine });
}

/** From [0, 1) to [−range, range). */
function centred(value: Value, range: number): Value {
  return mul(sub(value, 0.5), 2 * range);
}
