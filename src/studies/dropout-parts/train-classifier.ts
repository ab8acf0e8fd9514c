import type { RunSetup } from "../../experiments/index.ts";
import type { Split } from "../../data/index.ts";
import { crossEntropy, type Module, type Weights } from "../../nn/index.ts";
import { fit, type TrainEvent } from "../../train/index.ts";
import { afterTraining, type FinalProbe } from "./after-training.ts";
import { columnNorms } from "./column-norms.ts";
import { noiseProbe } from "./noise-probe.ts";
import { BATCH_SIZE, dropoutOptimizer, normBound } from "./recipe.ts";

export interface ClassifierOptions {
  readonly model: Module;
  /** Drawn from the data's training split by the run's seed alone. */
  readonly examples: Split;
  /** First learning rate. */
  readonly rate: number;
  /** With max-norm? */
  readonly maxNorm: boolean;
  /** What else is seen of the weights at the end. */
  readonly look?: (weights: Weights) => Promise<readonly FinalProbe[]>;
}

/**
 * Trains a classifier by the recipe of these studies, watched by the noise probe; the norms of its
 * weights are a probe at the end.
 */
export function trainClassifier(
  setup: RunSetup,
  { model, examples, rate, maxNorm, look }: ClassifierOptions,
): AsyncIterable<TrainEvent> {
  const { seed, scale, data, backend, resume, saveCheckpoint, signal } = setup;
  const { steps, observeEvery } = scale;
  const batchSize = Math.min(BATCH_SIZE, examples.count);
  const run = fit(model, {
    data: { train: examples, test: data.test, hash: `${data.hash}/${examples.count}/${seed}` },
    loss: crossEntropy(),
    optimizer: dropoutOptimizer(rate, steps),
    constraints: normBound(maxNorm),
    steps,
    batchSize,
    seed,
    backend,
    reportEvery: Math.max(1, Math.floor(steps / 100)),
    evaluateEvery: scale.evaluateEvery,
    checkpointEvery: scale.checkpointEvery,
    onCheckpoint: saveCheckpoint,
    observe: [noiseProbe({ examples, batchSize, seed, every: observeEvery })],
    ...(resume && { resumeFrom: resume }),
    ...(signal && { signal }),
  });
  return afterTraining(run, async (weights) => [
    columnNorms(weights),
    ...((await look?.(weights)) ?? []),
  ]);
}
