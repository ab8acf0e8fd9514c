/**
 * The loss along the gradient while two networks train, one with batch normalization.
 *
 * Source: Santurkar et al. 2018, arXiv:1805.11604, section 3.1, figure 4 and appendix A.2.2.
 */
import { digitsSample } from "evenkeel/data";
import { lossLandscape } from "evenkeel/probes";
import { rateNetwork } from "evenkeel/studies";
import { crossEntropy, sgd } from "evenkeel/train";
import type { Experiment } from "../training/experiment.ts";
import { LANDSCAPE, landscapeArms, reach } from "./landscape-arms.ts";
import { trainArms, type ArmEvent } from "../training/train-arms.ts";

export interface LandscapeSettings {
  /** Of both networks; the paper compares them at one rate. */
  readonly learningRate: number;
  readonly seed: number;
  readonly steps: number;
}

const BATCH_SIZE = 60;
const POINTS = 60;

export const landscapeExperiment: Experiment<LandscapeSettings, ArmEvent> = async function* (
  { learningRate, seed, steps },
  signal,
) {
  const data = await digitsSample();
  const loss = crossEntropy();
  const every = Math.max(1, Math.round(steps / POINTS));
  const arms = landscapeArms.map((id) => ({
    id,
    model: rateNetwork("relu", id),
    optimizer: sgd({ learningRate }),
    observe: [
      lossLandscape({
        name: LANDSCAPE,
        stepSizes: reach.map((factor) => factor * learningRate),
        examples: data.train,
        count: BATCH_SIZE,
        batchSize: BATCH_SIZE,
        phase: "train",
        seed,
        loss,
        every,
      }),
    ],
  }));
  const plan = { arms, data, loss, steps, batchSize: BATCH_SIZE, seed };
  yield* trainArms({ ...plan, reportEvery: every, evaluateEvery: every }, signal);
};
