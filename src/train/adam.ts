import { add } from "../graph/ops/add.ts";
import { div } from "../graph/ops/div.ts";
import { mul } from "../graph/ops/mul.ts";
import { sqrt } from "../graph/ops/sqrt.ts";
import { square } from "../graph/ops/square.ts";
import { sub } from "../graph/ops/sub.ts";
import type { Optimizer, UpdateContext } from "./optimizer.ts";
import { checkPositive, checkShare, steeredRate, toSchedule, type Schedule } from "./schedule.ts";
import { weightDecayOf, type WeightDecayOptions } from "./weight-decay.ts";

export interface AdamOptions extends WeightDecayOptions {
  /** Step size, or one per step; defaults to *0.001*. */
  readonly learningRate?: number | Schedule;
  /** Share of the old gradient average kept per step, in [0, 1); defaults to *0.9*. */
  readonly beta1?: number;
  /** Share of the old average of squares kept per step, in [0, 1); defaults to *0.999*. */
  readonly beta2?: number;
  /** Added to the root of the averaged squares; defaults to *1e-8*. */
  readonly eps?: number;
}

/**
 * Adam: m ← β₁ m + (1 − β₁) g;  v ← β₂ v + (1 − β₂) g²;
 *       w ← w − learningRate · m̂ / (√v̂ + eps),  m̂ = m / (1 − β₁ᵗ),  v̂ = v / (1 − β₂ᵗ),
 * where weight decay, if any, is added to the gradient (as PyTorch's `Adam` does).
 *
 * Numerics: the corrections 1 − βᵗ are computed in float64 outside the graph: in f32 the second
 *           one has lost four digits at t = 1.
 * Errors:   OptionError for an option out of range.
 * Source:   Kingma & Ba 2015, arXiv:1412.6980, Algorithm 1.
 */
export function adam(options: AdamOptions = {}): Optimizer {
  return adamLike("adam", options, 0);
}

/**
 * Adam with decoupled weight decay: w ← w · (1 − learningRate · weightDecay) before Adam's step.
 *
 * Errors: OptionError for an option out of range.
 * Source: Loshchilov & Hutter 2019, arXiv:1711.05101, Algorithm 2; PyTorch's `AdamW`.
 */
export function adamW(options: AdamOptions = {}): Optimizer {
  return adamLike("adamW", options, 0.01);
}

function adamLike(label: "adam" | "adamW", options: AdamOptions, defaultDecay: number): Optimizer {
  const {
    learningRate = 0.001,
    beta1 = 0.9,
    beta2 = 0.999,
    eps = 1e-8,
    weightDecay = defaultDecay,
  } = options;
  const rate = toSchedule(learningRate, `${label}: learningRate`);
  checkShare(beta1, `${label}: beta1`);
  checkShare(beta2, `${label}: beta2`);
  checkPositive(eps, `${label}: eps`);
  const decay = weightDecayOf({ ...options, weightDecay }, label);
  const steered = steeredRate(rate);
  const decoupled = label === "adamW";

  function update(context: UpdateContext) {
    const { parameter, gradient, buffers, scalars } = context;
    const g = decoupled ? gradient : decay.coupled(context);
    const mean = add(mul(buffers["mean"]!, beta1), mul(g, 1 - beta1));
    const squares = add(mul(buffers["squares"]!, beta2), mul(square(g), 1 - beta2));
    const deviation = add(mul(sqrt(squares), scalars["squaresCorrection"]!), eps);
    const shrinks = decoupled && decay.actsOn(context);
    const start = shrinks ? mul(parameter, scalars["keptWeight"]!) : parameter;
    const step = mul(div(mean, deviation), scalars["stepSize"]!);
    return { parameter: sub(start, step), buffers: { mean, squares } };
  }

  return Object.freeze({
    label,
    buffers: ["mean", "squares"],
    scalars: {
      stepSize: (step, rateFactor) => steered(step, rateFactor) / (1 - beta1 ** (step + 1)),
      squaresCorrection: (step) => 1 / Math.sqrt(1 - beta2 ** (step + 1)),
      ...(decoupled
        ? {
            keptWeight: (step: number, rateFactor?: number) =>
              1 - steered(step, rateFactor) * weightDecay,
          }
        : {}),
    },
    ...decay.declared,
    update,
  } satisfies Optimizer);
}
