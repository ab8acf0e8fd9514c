import { add } from "../graph/ops/add.ts";
import { div } from "../graph/ops/div.ts";
import { maximum } from "../graph/ops/maximum.ts";
import { mul } from "../graph/ops/mul.ts";
import { sqrt } from "../graph/ops/sqrt.ts";
import { square } from "../graph/ops/square.ts";
import { sub } from "../graph/ops/sub.ts";
import type { Optimizer } from "./optimizer.ts";
import { checkPositive, checkShare, steeredRate, toSchedule, type Schedule } from "./schedule.ts";
import { weightDecayOf, type WeightDecayOptions } from "./weight-decay.ts";

export interface RmsPropOptions extends WeightDecayOptions {
  /** Step size, or one per step; defaults to *0.01*. */
  readonly learningRate?: number | Schedule;
  /** Share of the old averages kept per step, in [0, 1); PyTorch's alpha; defaults to *0.99*. */
  readonly decay?: number;
  /** Added to the root, in units of the gradient; defaults to *1e-8*. */
  readonly eps?: number;
  /** Share of the old velocity kept per step, in [0, 1); defaults to *0*. */
  readonly momentum?: number;
  /** Divide by the deviation from the average gradient, not by the root mean square? Defaults to *false*. */
  readonly centered?: boolean;
}

/**
 * RMSProp, with PyTorch's meaning of its options:
 *   s ← decay · s + (1 − decay) · g²;  w ← w − learningRate · g / (√s + eps)
 * centered: √(s − m²) in place of √s, m ← decay · m + (1 − decay) · g; with momentum:
 * v ← momentum · v + g / (√s + eps), w ← w − learningRate · v. Weight decay is added to g.
 *
 * Numerics: s − m² may come out below 0 in f32 where all gradients are alike; it counts as 0.
 * Errors:   OptionError for an option out of range.
 * Source:   Tieleman & Hinton 2012, lecture 6.5; centered: Graves 2013, arXiv:1308.0850, (38)–(45).
 */
export function rmsProp(options: RmsPropOptions = {}): Optimizer {
  const { learningRate = 0.01, decay = 0.99, eps = 1e-8, momentum = 0, centered = false } = options;
  const rate = toSchedule(learningRate, "rmsProp: learningRate");
  checkShare(decay, "rmsProp: decay");
  checkPositive(eps, "rmsProp: eps");
  checkShare(momentum, "rmsProp: momentum");
  const weightDecay = weightDecayOf(options, "rmsProp");
  return Object.freeze({
    label: "rmsProp",
    buffers: ["squares", ...(centered ? ["mean"] : []), ...(momentum === 0 ? [] : ["velocity"])],
    scalars: { learningRate: steeredRate(rate) },
    ...weightDecay.declared,
    update(context) {
      const { parameter, buffers, scalars } = context;
      const g = weightDecay.coupled(context);
      const squares = add(mul(buffers["squares"]!, decay), mul(square(g), 1 - decay));
      const mean = centered ? add(mul(buffers["mean"]!, decay), mul(g, 1 - decay)) : null;
      const spread = mean === null ? squares : maximum(sub(squares, square(mean)), 0);
      const scaled = div(g, add(sqrt(spread), eps));
      const velocity = momentum === 0 ? null : add(mul(buffers["velocity"]!, momentum), scaled);
      return {
        parameter: sub(parameter, mul(velocity ?? scaled, scalars["learningRate"]!)),
        buffers: { squares, ...(mean && { mean }), ...(velocity && { velocity }) },
      };
    },
  } satisfies Optimizer);
}
