/**
 * Three networks: without normalization, with batch normalization, and with noise after every
 * batch normalization that moves each unit's distribution anew at each step.
 *
 * Source: Santurkar et al. 2018, arXiv:1805.11604, section 2, figures 2 and 3, on a small network.
 */
import { digitsSample } from "evenkeel/data";
import {
  heNormal,
  linear,
  noisyBatchNorm,
  relu,
  sequential,
  zeros,
  type Module,
} from "evenkeel/nn";
import { activationPercentiles, covariateShift } from "evenkeel/probes";
import { baseRates, rateNetwork } from "evenkeel/studies";
import { crossEntropy, sgd } from "evenkeel/train";
import type { Experiment } from "../training/experiment.ts";
import { INPUTS, SHIFT, shiftArms, type ShiftArm } from "./shift-arms.ts";
import { trainArms, type ArmEvent } from "../training/train-arms.ts";

export interface ShiftSettings {
  readonly seed: number;
  readonly steps: number;
}

const BATCH_SIZE = 60;
const LEARNING_RATE: number = baseRates.relu;
const POINTS = 60;

/** The last hidden layer: its product, and its activation. */
const lastHidden: Readonly<
  Record<ShiftArm, { readonly product: string; readonly activation: string }>
> = {
  plain: { product: "4", activation: "5" },
  bn: { product: "6", activation: "8" },
  noisy: { product: "6", activation: "8" },
};

/** The study's network with batch normalization, noise after each. */
export function noisyNetwork(): Module {
  const hidden = [784, 100, 100].flatMap((width): Module[] => [
    linear(width, 100, { weight: heNormal, bias: false }),
    noisyBatchNorm(100),
    relu(),
  ]);
  return sequential(...hidden, linear(100, 10, { weight: heNormal, bias: zeros }));
}

export const shiftExperiment: Experiment<ShiftSettings, ArmEvent> = async function* (
  { seed, steps },
  signal,
) {
  const data = await digitsSample();
  const every = Math.max(1, Math.round(steps / POINTS));
  const loss = crossEntropy();
  // The batch that training sees next, with the noise it will have.
  const batch = { examples: data.train, count: BATCH_SIZE, batchSize: BATCH_SIZE, seed };
  const looking = { ...batch, phase: "train" as const, noise: true, every };
  const arms = shiftArms.map((id) => ({
    id,
    model: id === "noisy" ? noisyNetwork() : rateNetwork("relu", id),
    optimizer: sgd({ learningRate: LEARNING_RATE }),
    observe: [
      activationPercentiles({ ...looking, name: INPUTS, layer: lastHidden[id].activation }),
      covariateShift({
        ...looking,
        name: SHIFT,
        layers: [lastHidden[id].product],
        learningRate: LEARNING_RATE,
        loss,
      }),
    ],
  }));
  const plan = { arms, data, loss, steps, batchSize: BATCH_SIZE, seed };
  yield* trainArms({ ...plan, reportEvery: every, evaluateEvery: every }, signal);
};
