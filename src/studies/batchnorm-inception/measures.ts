import {
  finalAccuracy,
  sizeNamed,
  stepsToAccuracy,
  type InterventionCheck,
  type Measure,
  type RunResult,
} from "../../experiments/index.ts";
import { checkNormalization } from "../check-normalization.ts";

export type InceptionMeasure = "steps-to-target" | "final-accuracy";

export const NORMALIZATION = "normalization";

/** What guessing one of ten classes gets right: a diverged net does no better. */
const CHANCE = 0.1;

export const measures: Readonly<Record<InceptionMeasure, Measure>> = {
  "steps-to-target": {
    label: "Steps to match Inception",
    unit: "steps",
    definition:
      "First evaluation at which test accuracy is at or above the preset’s target, in percent: what Inception without normalization ended at on held-out training images, in a run that is not the study’s. No finer than the steps between evaluations. A run that never gets there, diverged or not, counts as all its steps, a lower bound.",
    digits: 0,
    of(record, scale) {
      const target = sizeNamed(scale, "targetPercent") / 100;
      const value = stepsToAccuracy(record, { target, giveUpAt: scale.steps });
      const reached = record.curve.some(({ accuracy }) => (accuracy ?? 0) >= target);
      return { value, atLeast: !reached };
    },
  },
  "final-accuracy": {
    label: "Final test accuracy",
    unit: "%",
    definition:
      "Share of the test images looked at that are classified correctly after the last step, normalizing with the running statistics. A run whose loss became infinite or no number counts as guessing, 10 %.",
    digits: 2,
    of: (record) => ({
      value: record.outcome === "diverged" ? CHANCE : finalAccuracy(record),
      atLeast: false,
    }),
  },
};

export function checkInception(runs: readonly RunResult[]): InterventionCheck {
  return checkNormalization(runs, {
    probe: NORMALIZATION,
    normalized: ["bn"],
    loose: ["inception"],
    where: "behind the first convolution, at the base rate, ",
  });
}
