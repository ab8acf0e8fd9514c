import type { RunSetup } from "../../experiments/index.ts";
import type { BatchOptions, Probe } from "../../probes/index.ts";
import { fit, sgd, type TrainEvent } from "../../train/index.ts";
import { deepLinear, deepLinearData, EXAMPLES, type DeepLinear } from "./deep-linear.ts";
import type { Between } from "./normalizers.ts";
import { sumOfSquares } from "./sum-of-squares.ts";
import { TRAINING } from "./train-vgg.ts";
import { trainingProgress } from "./training-progress.ts";

export interface DeepLinearRun {
  readonly between: Between;
  readonly learningRate: number;
  readonly steps: number;
  /** Steps between observations of its loss. */
  readonly observeEvery: number;
  /** What to look at; `examples` are all there are, as one batch. */
  observe(net: DeepLinear, examples: BatchOptions): readonly Probe[];
}

/** Trains a deep linear network on data of the run's seed by full-batch gradient descent. */
export async function* trainDeepLinear(
  setup: Pick<RunSetup, "seed" | "backend" | "resume" | "saveCheckpoint" | "signal">,
  { between, learningRate, steps, observeEvery, observe }: DeepLinearRun,
): AsyncGenerator<TrainEvent, void, undefined> {
  const { seed, backend, resume, saveCheckpoint, signal } = setup;
  const net = deepLinear(between);
  const data = await deepLinearData(seed);
  const all: BatchOptions = {
    examples: data.train,
    count: EXAMPLES,
    batchSize: EXAMPLES,
    phase: "train",
  };
  yield* fit(net.model, {
    data: { train: data.train, hash: data.hash },
    loss: sumOfSquares(),
    optimizer: sgd({ learningRate }),
    steps,
    batchSize: EXAMPLES,
    seed,
    backend,
    reportEvery: Math.max(1, Math.round(steps / 20)),
    checkpointEvery: steps,
    onCheckpoint: saveCheckpoint,
    observe: [
      trainingProgress({ ...all, name: TRAINING, loss: sumOfSquares(), every: observeEvery }),
      ...observe(net, all),
    ],
    ...(resume && { resumeFrom: resume }),
    ...(signal && { signal }),
  });
}

/** What all arms with a deep linear network share. */
export const deepLinearHeld: Readonly<Record<string, string>> = {
  "Deep linear network":
    "25 matrices of 10 × 10, Glorot’s normal first weights, bitwise the same in all arms of a seed; loss ‖W₁⋯W₂₅x − Ax‖², summed over 1,000 Gaussian x, A Gaussian; both drawn anew for every seed; gradient descent on all examples at once",
};

export const deepLinearDiffers: readonly string[] = [
  "The deep linear network’s loss is summed over the examples: the paper does not say so, but its learning rates and the size of its losses fit a sum and not a mean. With normalization there is one behind every matrix, the last included, with scale and shift; the paper does not say where they are.",
];
