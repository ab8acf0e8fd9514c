import { bernoulli } from "../graph/ops/bernoulli.ts";
import { mul } from "../graph/ops/mul.ts";
import type { Value } from "../graph/value.ts";
import { resolveKeep, resolveTestTime, type KeepOptions, type TestTime } from "./keep.ts";
import type { ChannelAffine, Module, Pass } from "./module.ts";
import { perElement } from "./noise-shape.ts";

export type DropoutOptions = TestTime & KeepOptions;

export interface Dropout extends Module {
  /** Probability to keep a value. */
  readonly keep: number;
}

/**
 * Dropout: y = mask · x / keep, where each element of the mask is 1 with probability keep, else 0.
 *
 * Shape:  x [N, ...S] → y [N, ...S].
 * Train:  a new mask at each step, drawn from the stream `dropout/<path>`: bitwise the same on
 *         every backend and in every run with the same seed.
 * Eval:   y = x (see `testTime`), unless the pass keeps its noise (Monte-Carlo dropout).
 * Errors: OptionError unless exactly one of rate ∈ [0, 1) and keep ∈ (0, 1] is given.
 * Source: Srivastava et al. 2014, JMLR 15, sections 4 and 10.
 */
export function dropout(options: DropoutOptions): Dropout {
  const keep = resolveKeep(options, "dropout");
  const { whenDrawing, atTest } = resolveTestTime(options, keep, "dropout");

  function apply(x: Value, pass: Pass): Value {
    if (keep === 1) return x;
    if (!pass.noise) return atTest === 1 ? x : mul(x, atTest);
    const mask = bernoulli(pass.randomKey(), perElement(x, pass), { keep });
    return mul(x, whenDrawing === 1 ? mask : mul(mask, whenDrawing));
  }
  const testAffine = (): ChannelAffine => ({ factor: atTest, offset: 0 });
  return Object.freeze({ label: `dropout({ keep: ${keep} })`, keep, apply, testAffine });
}
