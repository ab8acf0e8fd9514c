import { OptionError } from "../base/errors.ts";
import { add } from "../graph/ops/add.ts";
import { div } from "../graph/ops/div.ts";
import { mul } from "../graph/ops/mul.ts";
import { sqrt } from "../graph/ops/sqrt.ts";
import { square } from "../graph/ops/square.ts";
import { sub } from "../graph/ops/sub.ts";
import type { Optimizer, UpdateContext } from "./optimizer.ts";
import { checkNotNegative, checkShare, toSchedule, type Schedule } from "./schedule.ts";

export interface AdamOptions {
  /** Step size, or one per step; defaults to *0.001*. */
  readonly learningRate?: number | Schedule;
  /** Share of the old gradient average kept per step, in [0, 1); defaults to *0.9*. */
  readonly beta1?: number;
  /** Share of the old average of squares kept per step, in [0, 1); defaults to *0.999*. */
  readonly beta2?: number;
  /** Added to the root of the averaged squares; defaults to *1e-8*. */
  readonly eps?: number;
  /** Defaults to *0* for `adam` and *0.01* for `adamW`. */
  readonly weightDecay?: number;
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
  checkNotNegative(weightDecay, `${label}: weightDecay`);
  if (!(eps > 0 && eps < Infinity)) {
    throw new OptionError(`${label}: eps must be positive, got ${eps}`);
  }
  const decoupled = label === "adamW";

  function update({ parameter, gradient, buffers, scalars }: UpdateContext) {
    const coupled = !decoupled && weightDecay !== 0;
    const g = coupled ? add(gradient, mul(parameter, weightDecay)) : gradient;
    const mean = add(mul(buffers["mean"]!, beta1), mul(g, 1 - beta1));
    const squares = add(mul(buffers["squares"]!, beta2), mul(square(g), 1 - beta2));
    const deviation = add(mul(sqrt(squares), scalars["squaresCorrection"]!), eps);
    const start = decoupled ? mul(parameter, scalars["keptWeight"]!) : parameter;
    const step = mul(div(mean, deviation), scalars["stepSize"]!);
    return { parameter: sub(start, step), buffers: { mean, squares } };
  }

  return Object.freeze({
    label,
    buffers: ["mean", "squares"],
    scalars: {
      stepSize: (step) => rate(step) / (1 - beta1 ** (step + 1)),
      squaresCorrection: (step) => 1 / Math.sqrt(1 - beta2 ** (step + 1)),
      ...(decoupled ? { keptWeight: (step: number) => 1 - rate(step) * weightDecay } : {}),
    },
    update,
  } satisfies Optimizer);
}
