import { div } from "../graph/ops/div.ts";
import { maximum } from "../graph/ops/maximum.ts";
import { mul } from "../graph/ops/mul.ts";
import { sqrt } from "../graph/ops/sqrt.ts";
import { square } from "../graph/ops/square.ts";
import { sum } from "../graph/ops/sum.ts";
import type { Value } from "../graph/value.ts";
import { weightsOnly, type ParameterRule } from "./parameter-rule.ts";
import { checkPositive } from "./schedule.ts";

/** What parameters must be after every update: a plain object, so that one of your own is one too. */
export interface Constraint {
  readonly label: string;
  readonly appliesTo: ParameterRule;
  /** The allowed parameter for an updated one, of its shape. */
  apply(parameter: Value): Value;
}

export interface MaxNormOptions {
  /** Which parameters; defaults to *`weightsOnly`*. */
  readonly only?: ParameterRule;
}

/**
 * Max-norm: the weights into each unit have at most Euclidean norm `limit`; what is longer is
 * scaled back to it: w ← w · limit / max(‖w‖, limit), after every update.
 *
 * Shape:  weight [...S, C], one norm per unit of C, over all other axes.
 * Errors: OptionError unless limit is finite and above 0.
 * Source: Srivastava et al. 2014, JMLR 15, section 5.1 (its c, typically 3 to 4).
 */
export function maxNorm(limit: number, { only = weightsOnly }: MaxNormOptions = {}): Constraint {
  checkPositive(limit, "maxNorm: limit");
  return Object.freeze({
    label: `maxNorm(${limit})`,
    appliesTo: only,
    apply(parameter) {
      const axes = parameter.shape.slice(0, -1).map((_, axis) => axis);
      const norm = sqrt(sum(square(parameter), axes, { keepAxes: true }));
      return mul(parameter, div(limit, maximum(norm, limit)));
    },
  } satisfies Constraint);
}
