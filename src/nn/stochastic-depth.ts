import { OptionError } from "../base/errors.ts";
import { bernoulli } from "../graph/ops/bernoulli.ts";
import { mul } from "../graph/ops/mul.ts";
import type { Value } from "../graph/value.ts";
import { resolveKeep, resolveTestTime, type KeepOptions, type TestTime } from "./keep.ts";
import type { Module, Pass } from "./module.ts";
import { perExample } from "./noise-shape.ts";
import { addAlike } from "./residual.ts";

export type StochasticDepthOptions = TestTime &
  KeepOptions & {
    /** Is the branch dropped for each example on its own, or for the whole batch? Defaults to *"example"*. */
    readonly per?: "example" | "batch";
  };

export interface StochasticDepth<Branch extends Module = Module> extends Module {
  readonly branch: Branch;
  /** Probability to keep the branch. */
  readonly keep: number;
  /** What the branch is multiplied by at test. */
  readonly atTest: number;
}

/**
 * A residual branch that is sometimes left out: y = x + bit · branch(x) / keep.
 *
 * Shape:  x → y of the same shape, which the branch must keep.
 * Train:  a new bit per example (or batch) at each step. The branch is computed all the same: a
 *         step is one fixed program.
 * Eval:   y = x + branch(x); see `testTime` for the paper's form, x + keep · branch(x).
 * Errors: OptionError unless exactly one of rate ∈ [0, 1) and keep ∈ (0, 1] is given; ShapeError
 *         if the branch changes the shape.
 * Source: Huang et al. 2016, arXiv:1603.09382, equations 2 and 5.
 */
export function stochasticDepth<const Branch extends Module>(
  branch: Branch,
  options: StochasticDepthOptions,
): StochasticDepth<Branch> {
  const keep = resolveKeep(options, "stochasticDepth");
  const { whenDrawing, atTest } = resolveTestTime(options, keep, "stochasticDepth");
  const { per = "example" } = options;
  if (per !== "example" && per !== "batch") {
    throw new OptionError(
      `stochasticDepth: per must be "example" or "batch", got ${JSON.stringify(per)}`,
    );
  }

  function weigh(y: Value, pass: Pass): Value {
    if (keep === 1) return y;
    if (!pass.noise) return atTest === 1 ? y : mul(y, atTest);
    const shape = per === "batch" ? y.shape.map(() => 1) : perExample(y, pass);
    const bits = bernoulli(pass.randomKey(), shape, { keep });
    return mul(y, whenDrawing === 1 ? bits : mul(bits, whenDrawing));
  }
  const apply = (x: Value, pass: Pass): Value =>
    addAlike(x, weigh(pass.apply(branch, x), pass), "stochasticDepth");
  return Object.freeze({
    label: `stochasticDepth({ keep: ${keep} })`,
    branch,
    keep,
    atTest,
    apply,
  });
}
