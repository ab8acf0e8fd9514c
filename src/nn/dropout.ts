import { OptionError } from "../base/errors.ts";
import { bernoulli } from "../graph/ops/bernoulli.ts";
import { mul } from "../graph/ops/mul.ts";
import type { Value } from "../graph/value.ts";
import type { Module, Pass } from "./module.ts";

interface TestTime {
  /**
   * How training and test are made to agree in expectation. Defaults to *"scale-inverted"*: kept
   * values × 1 / keep while training, nothing at test. `"scale-weights"` is the paper's form:
   * nothing while training, all values × keep at test.
   */
  readonly testTime?: "scale-inverted" | "scale-weights";
}

/** Exactly one of the two. */
export type DropoutOptions = TestTime &
  (
    | {
        /** Probability to drop a value, in [0, 1): Keras's rate, PyTorch's p. */
        readonly rate: number;
        readonly keep?: never;
      }
    | {
        /** Probability to keep a value, in (0, 1]: the paper's p. */
        readonly keep: number;
        readonly rate?: never;
      }
  );

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
  const keep = resolveKeep(options);
  const { testTime = "scale-inverted" } = options;
  if (testTime !== "scale-inverted" && testTime !== "scale-weights") {
    throw new OptionError(
      `dropout: testTime must be "scale-inverted" or "scale-weights", got ${JSON.stringify(testTime)}`,
    );
  }
  const [whenDrawing, otherwise] = testTime === "scale-inverted" ? [1 / keep, 1] : [1, keep];

  function apply(x: Value, pass: Pass): Value {
    if (keep === 1) return x;
    if (!pass.noise) return otherwise === 1 ? x : mul(x, otherwise);
    const mask = bernoulli(pass.randomKey(), x.shape, { keep });
    return mul(x, whenDrawing === 1 ? mask : mul(mask, whenDrawing));
  }
  return Object.freeze({ label: `dropout({ keep: ${keep} })`, keep, apply });
}

function resolveKeep({ rate, keep }: { readonly rate?: number; readonly keep?: number }): number {
  if (rate !== undefined && keep === undefined) {
    if (rate >= 0 && rate < 1) return 1 - rate;
    throw new OptionError(`dropout: rate must be in [0, 1), got ${rate}`);
  }
  if (keep !== undefined && rate === undefined) {
    if (keep > 0 && keep <= 1) return keep;
    throw new OptionError(`dropout: keep must be in (0, 1], got ${keep}`);
  }
  const got = rate === undefined ? "neither" : `rate ${rate} and keep ${keep}`;
  throw new OptionError(`dropout: takes exactly one of rate and keep, got ${got}`);
}
