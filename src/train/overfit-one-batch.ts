import { OptionError } from "../base/errors.ts";
import { sizeOf } from "../base/shape.ts";
import { gatherInputs, gatherTargets } from "../data/gather.ts";
import { shuffledIndices } from "../data/shuffled-indices.ts";
import type { Split } from "../data/dataset.ts";
import type { Loss, Module } from "../nn/index.ts";
import type { Backend } from "../run/backend.ts";
import { fit } from "./fit.ts";
import type { TrainingData } from "./fit-options.ts";
import type { Optimizer } from "./optimizer.ts";
import { checkCount } from "./schedule.ts";

export interface OverfitOptions {
  readonly data: TrainingData;
  readonly loss: Loss;
  readonly optimizer: Optimizer;
  readonly batchSize: number;
  readonly seed: number;
  /** Defaults to *200*. */
  readonly steps?: number;
  /** The loss must fall to this share of its first value, in (0, 1); defaults to *0.1*. */
  readonly share?: number;
  readonly backend?: Backend;
}

export interface OverfitReport {
  /** Did the loss fall far enough? */
  readonly passed: boolean;
  /** In a sentence. */
  readonly because: string;
  /** Loss of each step, before its update. */
  readonly losses: readonly number[];
  /** Share of the batch classified correctly in the last step; null without classes. */
  readonly accuracy: number | null;
}

/**
 * Trains on the first batch alone, again and again. A network that cannot learn one batch by heart
 * has a mistake in it (or a rate far off), whatever the data set: to be run before anything longer.
 *
 * Errors: OptionError for an option out of range; `fit`'s.
 */
export async function overfitOneBatch(
  model: Module,
  options: OverfitOptions,
): Promise<OverfitReport> {
  const { data, loss, optimizer, batchSize, seed, backend } = options;
  const { steps = 200, share = 0.1 } = options;
  if (!(share > 0 && share < 1)) {
    throw new OptionError(`overfitOneBatch: share must be in (0, 1), got ${share}`);
  }
  checkCount(batchSize, "overfitOneBatch: batchSize");
  const train = firstBatch(data.train, batchSize, seed);
  const run = fit(model, {
    data: { train },
    loss,
    optimizer,
    batchSize,
    seed,
    steps,
    backend,
  });
  const losses: number[] = [];
  let accuracy: number | null = null;
  let diverged: string | null = null;
  for await (const event of run) {
    if (event.type === "step") {
      losses.push(event.loss);
      accuracy = event.accuracy;
    } else if (event.type === "diverged") {
      diverged = `the loss became ${event.loss} at step ${event.step}`;
    }
  }
  const [first = Number.NaN, last = Number.NaN] = [losses[0], losses.at(-1)];
  const passed = diverged === null && last <= share * first;
  const course = `the loss went from ${first.toPrecision(3)} to ${last.toPrecision(3)} in ${losses.length} steps`;
  const wanted = `${passed ? "at most" : "more than"} ${share} of its first value`;
  return { passed, because: diverged ?? `${course}, ${wanted}`, losses, accuracy };
}

/** The examples of a run's first step, as a split of their own. */
function firstBatch(split: Split, batchSize: number, seed: number): Split {
  if (batchSize > split.count) {
    throw new OptionError(
      `overfitOneBatch: batchSize must be at most the ${split.count} training examples, got ${batchSize}`,
    );
  }
  const { shape, targetShape = [], weights } = split;
  const rows = shuffledIndices(split.count, seed, 0).subarray(0, batchSize);
  const inputs = new Float32Array(batchSize * sizeOf(shape));
  gatherInputs(split, { rows }, inputs);
  const length = batchSize * sizeOf(targetShape);
  const targets =
    split.targets instanceof Int32Array ? new Int32Array(length) : new Float32Array(length);
  gatherTargets(split, { rows }, targets);
  return {
    inputs,
    targets,
    shape,
    targetShape,
    count: batchSize,
    ...(weights && { weights: Float32Array.from(rows, (row) => weights[row]!) }),
  };
}
