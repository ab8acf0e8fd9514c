import { add } from "../graph/ops/add.ts";
import { div } from "../graph/ops/div.ts";
import { mul } from "../graph/ops/mul.ts";
import { sqrt } from "../graph/ops/sqrt.ts";
import { square } from "../graph/ops/square.ts";
import { sub } from "../graph/ops/sub.ts";
import type { Optimizer } from "./optimizer.ts";
import {
  checkNotNegative,
  checkPositive,
  steeredRate,
  toSchedule,
  type Schedule,
} from "./schedule.ts";
import { weightDecayOf, type WeightDecayOptions } from "./weight-decay.ts";

export interface AdagradOptions extends WeightDecayOptions {
  /** Step size, or one per step; defaults to *0.01*. */
  readonly learningRate?: number | Schedule;
  /** The rate is divided by 1 + rateDecay · updates done; PyTorch's lr_decay; defaults to *0*. */
  readonly rateDecay?: number;
  /** What the sums of squares start from; defaults to *0*. */
  readonly initialSum?: number;
  /** Added to the root, in units of the gradient; defaults to *1e-10*. */
  readonly eps?: number;
}

/**
 * Adagrad: s ← s + g²;  w ← w − learningRate / (1 + rateDecay · t) · g / (√s + eps), where t
 * updates were done before and weight decay is added to g.
 *
 * Errors: OptionError for an option out of range.
 * Source: Duchi, Hazan & Singer 2011, JMLR 12, section 1.1; options as PyTorch's `Adagrad`.
 */
export function adagrad(options: AdagradOptions = {}): Optimizer {
  const { learningRate = 0.01, rateDecay = 0, initialSum = 0, eps = 1e-10 } = options;
  const rate = steeredRate(toSchedule(learningRate, "adagrad: learningRate"));
  checkNotNegative(rateDecay, "adagrad: rateDecay");
  checkNotNegative(initialSum, "adagrad: initialSum");
  checkPositive(eps, "adagrad: eps");
  const weightDecay = weightDecayOf(options, "adagrad");
  return Object.freeze({
    label: "adagrad",
    // Without `initialSum`, since every buffer starts from zero.
    buffers: ["squares"],
    scalars: {
      learningRate: (step, rateFactor) => rate(step, rateFactor) / (1 + rateDecay * step),
    },
    ...weightDecay.declared,
    update(context) {
      const { parameter, buffers, scalars } = context;
      const g = weightDecay.coupled(context);
      const squares = add(buffers["squares"]!, square(g));
      const total = initialSum === 0 ? squares : add(squares, initialSum);
      const scaled = div(g, add(sqrt(total), eps));
      return {
        parameter: sub(parameter, mul(scaled, scalars["learningRate"]!)),
        buffers: { squares },
      };
    },
  } satisfies Optimizer);
}
