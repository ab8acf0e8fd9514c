import { OptionError, ShapeError } from "../base/errors.ts";
import { showShape, sizeOf } from "../base/shape.ts";
import { add } from "../graph/ops/add.ts";
import { bernoulli } from "../graph/ops/bernoulli.ts";
import { mul } from "../graph/ops/mul.ts";
import { reshape } from "../graph/ops/reshape.ts";
import { sum } from "../graph/ops/sum.ts";
import type { Value } from "../graph/value.ts";
import { resolveKeep, type KeepOptions } from "./keep.ts";
import type { Member, Pass, WeightedModule } from "./module.ts";

export type DropConnectOptions = KeepOptions & {
  /**
   * One mask of the weights for the whole batch, or one for each example, as in the paper; the
   * latter for dense layers alone, and it multiplies the work. Defaults to *"batch"*.
   */
  readonly per?: "batch" | "example";
};

export interface DropConnect extends WeightedModule {
  readonly inner: WeightedModule;
  /** Probability to keep a weight. */
  readonly keep: number;
}

/**
 * Dropout on weights: the inner layer with weight · mask / keep in place of its weight. The bias
 * is kept.
 *
 * Shape:  the inner layer's; mask [...weight], or one such per row of x.
 * Train:  a new mask at each step. Eval: the inner layer. The mean of the pre-activations is then
 *         exact; the paper draws them from a Gaussian of the same mean and variance instead.
 * Errors: OptionError unless exactly one of rate ∈ [0, 1) and keep ∈ (0, 1] is given; ShapeError
 *         for `per: "example"` on a layer that is not dense.
 * Source: Wan et al. 2013, "Regularization of neural networks using DropConnect", ICML, section 3.
 */
export function dropConnect(inner: WeightedModule, options: DropConnectOptions): DropConnect {
  const keep = resolveKeep(options, "dropConnect");
  const { per = "batch" } = options;
  if (per !== "batch" && per !== "example") {
    throw new OptionError(
      `dropConnect: per must be "batch" or "example", got ${JSON.stringify(per)}`,
    );
  }
  const { weight, bias } = inner;

  function apply(x: Value, pass: Pass): Value {
    if (keep === 1 || !pass.noise) return pass.apply(inner, x);
    if (per === "example") return perRow(x, pass);
    const mask = bernoulli(pass.randomKey(), weight.shape, { keep });
    const thinned = mul(pass.read(weight), mul(mask, 1 / keep));
    return pass.apply(inner, x, new Map([[weight, thinned]]));
  }

  function perRow(x: Value, pass: Pass): Value {
    const [features = 0, width = 0] = weight.shape;
    if (weight.shape.length !== 2 || x.shape.length < 2 || x.shape.at(-1) !== features) {
      throw new ShapeError(
        `dropConnect: one mask per example needs a dense layer, got weight ${showShape(weight.shape)} on input ${showShape(x.shape)}`,
      );
    }
    const rows = sizeOf(x.shape) / features;
    const drawn = pass.sharedNoise ? rows / x.shape[0]! : rows;
    const mask = bernoulli(pass.randomKey(), [1, drawn, features, width], { keep });
    const thinned = mul(pass.read(weight), mul(mask, 1 / keep));
    const inputs = reshape(x, [rows / drawn, drawn, features, 1]);
    const product = sum(mul(inputs, thinned), [2]);
    const y = reshape(product, [...x.shape.slice(0, -1), width]);
    return bias === null ? y : add(y, pass.read(bias));
  }
  const label = `dropConnect(${inner.label}, { keep: ${keep} })`;
  const testWeight = (valueOf: (member: Member) => ArrayLike<number>): Float64Array =>
    Float64Array.from(valueOf(weight));
  return Object.freeze({ label, weight, bias, inner, keep, apply, testWeight });
}
