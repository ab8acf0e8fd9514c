import { OptionError } from "../../base/errors.ts";
import type { Shape } from "../../base/shape.ts";
import { apply, type OpDefinition, type Value } from "../value.ts";
import { cast } from "./cast.ts";
import { less } from "./less.ts";
import { randomBitsOp } from "./random-bits.ts";
import { uniform } from "./uniform.ts";

export interface BernoulliAttrs {
  readonly shape: Shape;
  /** Probability of a 1, in [0, 1]. */
  readonly keep: number;
}

/**
 * bernoulli(key): independently 1 with probability `keep`, else 0; that is uniform(key) < keep.
 *
 * Shape:    key u32 [2] → f32 `shape`.
 * Numerics: the probability is `keep` rounded to f32, then up to a multiple of 2⁻²⁴.
 * Gradient: none.
 * Errors:   OptionError unless keep ∈ [0, 1].
 */
export const bernoulliOp: OpDefinition<BernoulliAttrs> = {
  name: "bernoulli",
  kind: "composite",
  infer: (inputs, { shape, keep }) => {
    if (!(keep >= 0 && keep <= 1)) {
      throw new OptionError(`bernoulli: keep must be in [0, 1], got ${keep}`);
    }
    return { shape: randomBitsOp.infer(inputs, { shape }).shape, dtype: "f32" };
  },
  // Rounded here and not by each backend: the interpreter must draw the very same mask.
  meaning: ([key], { shape, keep }) => cast(less(uniform(key!, shape), Math.fround(keep)), "f32"),
  gradient: () => [null],
};

export function bernoulli(key: Value, shape: Shape, { keep }: { readonly keep: number }): Value {
  return apply(bernoulliOp, [key], { shape, keep });
}
