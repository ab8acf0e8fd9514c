import { OptionError } from "../base/errors.ts";
import { add } from "../graph/ops/add.ts";
import { mul } from "../graph/ops/mul.ts";
import { sub } from "../graph/ops/sub.ts";
import type { Optimizer } from "./optimizer.ts";
import { checkNotNegative, checkShare, toSchedule, type Schedule } from "./schedule.ts";

export interface SgdOptions {
  /** Step size, or one per step. */
  readonly learningRate: number | Schedule;
  /** Share of the old velocity kept per step, in [0, 1); defaults to *0*. */
  readonly momentum?: number;
  /** Look ahead along the velocity? Needs momentum; defaults to *false*. */
  readonly nesterov?: boolean;
  /** Added to the gradient: weightDecay · parameter; defaults to *0*. */
  readonly weightDecay?: number;
}

/**
 * Stochastic gradient descent, with PyTorch's meaning of its options:
 *   g ← gradient + weightDecay · w;  v ← momentum · v + g;  w ← w − learningRate · v
 * and with Nesterov's look ahead w ← w − learningRate · (g + momentum · v).
 *
 * Errors: OptionError for an option out of range, or nesterov without momentum.
 * Source: Sutskever et al. 2013, "On the importance of initialization and momentum".
 */
export function sgd(options: SgdOptions): Optimizer {
  const { learningRate, momentum = 0, nesterov = false, weightDecay = 0 } = options;
  const rate = toSchedule(learningRate, "sgd: learningRate");
  checkShare(momentum, "sgd: momentum");
  checkNotNegative(weightDecay, "sgd: weightDecay");
  if (nesterov && momentum === 0) {
    throw new OptionError("sgd: nesterov needs momentum in (0, 1), got 0");
  }
  return Object.freeze({
    label: "sgd",
    buffers: momentum === 0 ? [] : ["velocity"],
    scalars: { learningRate: rate },
    update({ parameter, gradient, buffers, scalars }) {
      const decayed = weightDecay === 0 ? gradient : add(gradient, mul(parameter, weightDecay));
      const step = scalars["learningRate"]!;
      if (momentum === 0) return { parameter: sub(parameter, mul(step, decayed)), buffers: {} };
      const velocity = add(mul(buffers["velocity"]!, momentum), decayed);
      const direction = nesterov ? add(decayed, mul(velocity, momentum)) : velocity;
      return { parameter: sub(parameter, mul(step, direction)), buffers: { velocity } };
    },
  } satisfies Optimizer);
}
