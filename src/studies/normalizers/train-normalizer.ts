/** One run: first weights from data where they come from data, the step's cost, then training. */
import { sizeNamed, type RunSetup } from "../../experiments/index.ts";
import { crossEntropy, initialize, type Module, type Weights } from "../../nn/index.ts";
import { lossLandscape } from "../../probes/index.ts";
import {
  fit,
  initializeFromData,
  sgd,
  type ProbeEvent,
  type TrainEvent,
} from "../../train/index.ts";
import { firstExamples } from "../first-examples.ts";
import { stepTimer } from "../step-timing.ts";
import { settingOf, type NormalizerArm, type NormalizerSetting } from "./arms.ts";
import { COST, LANDSCAPE, SETS } from "./measures.ts";
import { normalizedNetwork, type Net } from "./model.ts";
import { normalizedSets } from "./normalized-sets.ts";

export const BATCH_SIZE = 60;
/** The best rates of the nets without normalization: see fixtures/normalizers-rate.ts. */
export const learningRates: Readonly<Record<Net, number>> = { mlp: 0.1, conv: 0.2 };
/** Step sizes of the landscape, in learning rates, as Santurkar et al. 2018 have them. */
const STEP_SIZES: readonly number[] = [0.5, 1, 2, 4];
/** Examples that weight normalization sets its first gains and biases from. */
const SETTLING = 500;
const REPORT_EVERY = 50;
const ROUNDS = 25;
/** Milliseconds for each net in each round. */
const ROUND = 4;

export async function* trainNormalizer(
  setup: RunSetup<NormalizerArm>,
): AsyncGenerator<TrainEvent, void, undefined> {
  const { arm, seed, scale, data, backend, resume, saveCheckpoint, signal } = setup;
  const setting = settingOf(arm);
  const { net, technique } = setting;
  const model = normalizedNetwork(net, technique, sizeNamed(scale, "width"));
  const learningRate = learningRates[net];
  const weights = await firstWeights(model, setting, setup);
  const run = fit(model, {
    data: { ...data, test: firstExamples(data.test, sizeNamed(scale, "testExamples")) },
    loss: crossEntropy(),
    optimizer: sgd({ learningRate }),
    steps: scale.steps,
    batchSize: BATCH_SIZE,
    seed,
    backend,
    weights,
    reportEvery: REPORT_EVERY,
    evaluateEvery: scale.evaluateEvery,
    checkpointEvery: scale.checkpointEvery,
    onCheckpoint: saveCheckpoint,
    observe: [
      lossLandscape({
        name: LANDSCAPE,
        loss: crossEntropy(),
        examples: data.train,
        count: BATCH_SIZE,
        batchSize: BATCH_SIZE,
        phase: "train",
        seed,
        stepSizes: STEP_SIZES.map((factor) => factor * learningRate),
        every: scale.observeEvery,
      }),
      normalizedSets({
        name: SETS,
        net,
        technique,
        examples: firstExamples(data.train, SETTLING),
        every: scale.steps,
      }),
    ],
    ...(resume && { resumeFrom: resume }),
    ...(signal && { signal }),
  });
  for await (const event of run) {
    yield event;
    if (event.type === "start" && event.step === 0) yield await stepCost(model, setting, setup);
  }
}

async function firstWeights(
  model: Module,
  { technique }: NormalizerSetting,
  { seed, data, backend }: RunSetup,
): Promise<Weights> {
  const weights = initialize(model, seed);
  if (technique !== "weight") return weights;
  return initializeFromData(model, weights, firstExamples(data.train, SETTLING), { backend });
}

/** Times this model's step beside that of the net without normalization. */
async function stepCost(
  model: Module,
  { net }: NormalizerSetting,
  { scale, data, backend, seed }: RunSetup,
): Promise<ProbeEvent> {
  const without = normalizedNetwork(net, "none", sizeNamed(scale, "width"));
  const models = new Map([
    ["own", model],
    ["without", without],
  ]);
  const task = { batchSize: BATCH_SIZE, examples: data.train, backend, seed, milliseconds: ROUND };
  const timeRound = await stepTimer(models, task);
  const rounds = Array.from({ length: ROUNDS }, timeRound);
  const timesOf = (name: string): number[] => rounds.map((times) => times.get(name)!);
  return {
    type: "probe",
    step: 0,
    probe: COST,
    unit: "milliseconds per training step, in each round",
    values: { milliseconds: timesOf("own"), without: timesOf("without") },
  };
}
