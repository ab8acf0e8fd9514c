import { OptionError } from "../base/errors.ts";
import type { Loss, Module, Weights } from "../nn/index.ts";
import type { Backend } from "../run/backend.ts";
import { fit } from "./fit.ts";
import type { TrainingData } from "./fit-options.ts";
import type { Optimizer } from "./optimizer.ts";
import { checkCount, checkPositive, checkShare, type Schedule } from "./schedule.ts";
import { exponentialDecay } from "./schedules.ts";

export interface FindLearningRateOptions {
  readonly data: TrainingData;
  readonly loss: Loss;
  /** The optimizer with the learning rate left open: `(learningRate) => adam({ learningRate })`. */
  readonly optimizer: (learningRate: Schedule) => Optimizer;
  readonly batchSize: number;
  readonly seed: number;
  /** The first rate; defaults to *1e-6*. */
  readonly low?: number;
  /** The last rate; defaults to *10*. */
  readonly high?: number;
  /** Steps from the first to the last, each rate a fixed multiple of the one before; defaults to *100*. */
  readonly steps?: number;
  /** Share of the old smoothed loss kept per step, in [0, 1); defaults to *0.9*. */
  readonly smoothing?: number;
  /** First weights; defaults to *those of the seed*. */
  readonly weights?: Weights;
  readonly signal?: AbortSignal;
  readonly backend?: Backend;
}

export interface RatePoint {
  readonly rate: number;
  /** Mean loss of the batch that the rate's step was made from. */
  readonly loss: number;
  /** The moving average of the losses, without its lag at the start. */
  readonly smoothed: number;
}

export interface LearningRateCurve {
  readonly points: readonly RatePoint[];
  /** Where the smoothed loss falls most steeply over log(rate); null if it falls nowhere. */
  readonly steepest: number | null;
  /** Where the smoothed loss is lowest. */
  readonly lowest: number;
  /** Why it ended: at the last rate, at a loss 4 times the best, at a loss not finite, by the signal. */
  readonly ended: "high" | "explosion" | "divergence" | "signal";
}

/** As in fastai: beyond 4 times the best smoothed loss there is nothing to learn. */
const EXPLOSION = 4;

/**
 * Learning-rate range test: trains a copy with a rate that rises exponentially from step to step,
 * and looks where the loss falls fastest. The model's weights are not touched: what is trained is
 * thrown away.
 *
 * Errors: OptionError for an option out of range; `fit`'s.
 * Source: Smith 2017, arXiv:1506.01186, section 3.3.
 */
export async function findLearningRate(
  model: Module,
  options: FindLearningRateOptions,
): Promise<LearningRateCurve> {
  const { optimizer, low = 1e-6, high = 10, steps = 100, smoothing = 0.9 } = options;
  const { data, loss, batchSize, seed, weights, signal, backend } = options;
  checkPositive(low, "findLearningRate: low");
  checkPositive(high, "findLearningRate: high");
  checkCount(steps, "findLearningRate: steps");
  checkShare(smoothing, "findLearningRate: smoothing");
  if (low >= high || steps < 2) {
    throw new OptionError(
      `findLearningRate: needs low below high and at least 2 steps, got ${low}, ${high} and ${steps}`,
    );
  }
  const rate = exponentialDecay({ start: low, factor: high / low, every: steps - 1 });
  const run = fit(model, {
    data: { train: data.train },
    loss,
    optimizer: optimizer(rate),
    batchSize,
    seed,
    weights,
    signal,
    backend,
    steps,
  });
  const points: RatePoint[] = [];
  let average = 0;
  let best = Infinity;
  let ended: LearningRateCurve["ended"] = "high";
  for await (const event of run) {
    if (event.type === "diverged") ended = "divergence";
    if (event.type === "done" && event.outcome === "aborted") ended = "signal";
    if (event.type !== "step") continue;
    average = smoothing * average + (1 - smoothing) * event.loss;
    const smoothed = average / (1 - smoothing ** event.step);
    points.push({ rate: rate(event.step - 1), loss: event.loss, smoothed });
    best = Math.min(best, smoothed);
    if (smoothed <= EXPLOSION * best) continue;
    ended = "explosion";
    break;
  }
  if (points.length > 0) return { points, ...landmarks(points), ended };
  throw new OptionError(`findLearningRate: low must let one step be made, got ${low} (${ended})`);
}

function landmarks(points: readonly RatePoint[]): Pick<LearningRateCurve, "steepest" | "lowest"> {
  const values = points.map(({ smoothed }) => smoothed);
  const lowest = values.indexOf(Math.min(...values));
  let steepest: number | null = null;
  let slope = 0;
  for (let i = 1; i <= lowest; i++) {
    // The rates are evenly spaced in log(rate).
    const fall = values[i]! - values[i - 1]!;
    if (fall < slope) [slope, steepest] = [fall, points[i]!.rate];
  }
  return { steepest, lowest: points[lowest]!.rate };
}
