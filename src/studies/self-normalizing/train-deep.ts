import { sizeNamed, type RunSetup } from "../../experiments/index.ts";
import { crossEntropy } from "../../nn/index.ts";
import { activationStatistics } from "../../probes/index.ts";
import { fit, sgd, type Run } from "../../train/index.ts";
import { firstExamples } from "../first-examples.ts";
import { settingOf, type DeepArm, type DeepSetting } from "./arms.ts";
import { LAYERS, TRAINING_LOSS } from "./measures.ts";
import { trainingLoss } from "./training-loss.ts";
import { deepNetwork, hiddenOutputs, standardizing, type Depth, type Kind } from "./model.ts";

export const BATCH_SIZE = 128;
/** Training examples that the probes look at, in batches as large as training's. */
const OBSERVED = 20;
const REPORT_EVERY = 50;

/** Each net's best rate: see fixtures/self-normalizing-rates.ts. Dropout has its net's own. */
const learningRates: Readonly<Record<"snn" | "bn", Readonly<Record<Depth, number>>>> = {
  snn: { 8: 0.2, 16: 0.05, 32: 0.02 },
  bn: { 8: 0.5, 16: 0.2, 32: 0.05 },
};

export function rateOf({ kind, depth }: DeepSetting): number {
  const rates: Readonly<Record<Kind, "snn" | "bn">> = {
    snn: "snn",
    "snn-dropout": "snn",
    bn: "bn",
  };
  return learningRates[rates[kind]][depth];
}

export function trainDeep(setup: RunSetup<DeepArm>): Run {
  const { arm, seed, scale, data, backend, resume, saveCheckpoint, signal } = setup;
  const setting = settingOf(arm);
  const { kind, depth } = setting;
  const [inputs] = data.train.shape;
  const model = deepNetwork(kind, depth, inputs!, sizeNamed(scale, "width"));
  const batches = Math.min(OBSERVED, Math.floor(data.train.count / BATCH_SIZE));
  const observed = {
    examples: data.train,
    count: batches * BATCH_SIZE,
    batchSize: BATCH_SIZE,
    phase: "train" as const,
    every: scale.observeEvery,
  };
  // The paper's own scale has the paper's own rate, one for all.
  const common = scale.sizes?.["rateMillionths"];
  const learningRate = common === undefined ? rateOf(setting) : common / 1e6;
  const layers = hiddenOutputs(kind, depth);
  return fit(model, {
    data: { ...data, test: firstExamples(data.test, sizeNamed(scale, "testExamples")) },
    loss: crossEntropy(),
    optimizer: sgd({ learningRate }),
    steps: scale.steps,
    batchSize: BATCH_SIZE,
    seed,
    backend,
    weights: standardizing(model, seed, data),
    reportEvery: REPORT_EVERY,
    evaluateEvery: scale.evaluateEvery,
    checkpointEvery: scale.checkpointEvery,
    onCheckpoint: saveCheckpoint,
    observe: [
      trainingLoss({ ...observed, name: TRAINING_LOSS }),
      activationStatistics({ ...observed, name: LAYERS, layers, of: "output" }),
    ],
    ...(resume && { resumeFrom: resume }),
    ...(signal && { signal }),
  });
}
