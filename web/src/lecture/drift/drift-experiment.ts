/**
 * The network of the batch-normalization paper's figure 1, with and without normalization, on the
 * digits that come with the page; everything else as in the study batchnorm-mnist.
 *
 * Source: Ioffe & Szegedy 2015, arXiv:1502.03167, section 4.1.
 */
import { crossEntropy, sgd } from "evenkeel/train";
import { activationPercentiles } from "evenkeel/probes";
import { lastSigmoid, mnistNetwork } from "evenkeel/studies";
import { binaryDigits } from "../digits/binary-digits.ts";
import type { Experiment } from "../training/experiment.ts";
import { driftArms, SIGMOID_INPUT } from "./drift-arms.ts";
import { trainArms, type ArmEvent } from "../training/train-arms.ts";

export interface DriftSettings {
  readonly seed: number;
  readonly steps: number;
}

/** As in the study. */
const BATCH_SIZE = 60;
const LEARNING_RATE = 0.1;
/** A whole batch of the 100 test digits. */
const OBSERVED = 60;
const POINTS = 80;

export const driftExperiment: Experiment<DriftSettings, ArmEvent> = async function* (
  { seed, steps },
  signal,
) {
  const data = await binaryDigits();
  const every = Math.max(1, Math.round(steps / POINTS));
  const arms = driftArms.map((id) => ({
    id,
    model: mnistNetwork(id),
    optimizer: sgd({ learningRate: LEARNING_RATE }),
    observe: [
      activationPercentiles({
        name: SIGMOID_INPUT,
        layer: lastSigmoid[id].path,
        examples: data.test,
        count: OBSERVED,
        batchSize: BATCH_SIZE,
        phase: "train",
        every,
      }),
    ],
  }));
  const plan = { arms, data, loss: crossEntropy(), steps, batchSize: BATCH_SIZE, seed };
  yield* trainArms({ ...plan, reportEvery: every, evaluateEvery: every }, signal);
};
