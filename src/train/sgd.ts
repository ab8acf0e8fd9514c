import { OptionError } from "../base/errors.ts";
import { add } from "../graph/ops/add.ts";
import { mul } from "../graph/ops/mul.ts";
import { sub } from "../graph/ops/sub.ts";
import type { Optimizer } from "./optimizer.ts";
import { checkShare, steeredRate, toSchedule, type Schedule } from "./schedule.ts";
import { weightDecayOf, type WeightDecayOptions } from "./weight-decay.ts";

export interface SgdOptions extends WeightDecayOptions {
  /** Step size, or one per step. */
  readonly learningRate: number | Schedule;
  /** Share of the old velocity kept per step, in [0, 1), or one per step; defaults to *0*. */
  readonly momentum?: number | Schedule;
  /** Look ahead along the velocity? Needs momentum; defaults to *false*. */
  readonly nesterov?: boolean;
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
  const { learningRate, momentum = 0, nesterov = false } = options;
  const rate = toSchedule(learningRate, "sgd: learningRate");
  const kept = toSchedule(momentum, "sgd: momentum", checkShare);
  const decay = weightDecayOf(options, "sgd");
  if (nesterov && momentum === 0) {
    throw new OptionError("sgd: nesterov needs momentum in (0, 1), got 0");
  }
  return Object.freeze({
    label: "sgd",
    buffers: momentum === 0 ? [] : ["velocity"],
    scalars: {
      learningRate: steeredRate(rate),
      ...(typeof momentum === "number" ? {} : { momentum: (step: number) => kept(step) }),
    },
    ...decay.declared,
    update(context) {
      const { parameter, buffers, scalars } = context;
      const decayed = decay.coupled(context);
      const step = scalars["learningRate"]!;
      if (momentum === 0) return { parameter: sub(parameter, mul(step, decayed)), buffers: {} };
      const share = typeof momentum === "number" ? momentum : scalars["momentum"]!;
      const velocity = add(mul(buffers["velocity"]!, share), decayed);
      const direction = nesterov ? add(decayed, mul(velocity, share)) : velocity;
      return { parameter: sub(parameter, mul(step, direction)), buffers: { velocity } };
    },
  } satisfies Optimizer);
}
