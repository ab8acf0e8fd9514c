/**
 * The networks of the study batchnorm-learning-rate at a multiple of the rate that is best without
 * normalization, on the digits that come with the page.
 *
 * Source: Ioffe & Szegedy 2015, arXiv:1502.03167, section 4.2: x5 and x30.
 */
import { digitsSample } from "evenkeel/data";
import { rateNetwork, type Activation } from "evenkeel/studies";
import { crossEntropy, sgd } from "evenkeel/train";
import type { Experiment } from "../training/experiment.ts";
import { rateArms, rateAt } from "./rates-arms.ts";
import { trainArms, type ArmEvent } from "../training/train-arms.ts";

export interface RatesSettings {
  readonly activation: Activation;
  /** What the base rate is multiplied with. */
  readonly factor: number;
  readonly seed: number;
  readonly steps: number;
}

const BATCH_SIZE = 60;
const POINTS = 60;

export const ratesExperiment: Experiment<RatesSettings, ArmEvent> = async function* (
  { activation, factor, seed, steps },
  signal,
) {
  const every = Math.max(1, Math.round(steps / POINTS));
  const arms = rateArms.map((id) => ({
    id,
    model: rateNetwork(activation, id),
    optimizer: sgd({ learningRate: rateAt(activation, factor) }),
  }));
  const plan = { arms, data: await digitsSample(), loss: crossEntropy(), steps, seed };
  yield* trainArms(
    { ...plan, batchSize: BATCH_SIZE, reportEvery: every, evaluateEvery: every },
    signal,
  );
};
