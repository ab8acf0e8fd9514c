import {
  finalAccuracy,
  stepsToAccuracy,
  type InterventionCheck,
  type Measure,
  type RunRecord,
  type RunResult,
} from "../../experiments/index.ts";
import { checkNormalization } from "../check-normalization.ts";
import { activations, type Normalization } from "./model.ts";

export type RateMeasure = "steps-to-target" | "final-accuracy";

/** Just under what both nets without normalization end at, at their best rates, in the choice of these. */
const TARGET_ACCURACY = 0.95;

/** A run that ends above this has learned at its rate. */
export const USABLE_ACCURACY = 0.9;

/** What guessing one of ten classes gets right: a diverged net does no better. */
const CHANCE = 0.1;

export const NORMALIZATION = "normalization";

export const measures: Readonly<Record<RateMeasure, Measure>> = {
  "steps-to-target": {
    label: "Steps to 95 % test accuracy",
    unit: "steps",
    definition:
      "First evaluation at which test accuracy is at or above 95 %, so no finer than the steps between evaluations. A run that never gets there, diverged or not, counts as all its steps, a lower bound.",
    digits: 0,
    of(record, { steps }) {
      const value = stepsToAccuracy(record, { target: TARGET_ACCURACY, giveUpAt: steps });
      const reached = record.curve.some(({ accuracy }) => (accuracy ?? 0) >= TARGET_ACCURACY);
      return { value, atLeast: !reached };
    },
  },
  "final-accuracy": {
    label: "Final test accuracy",
    unit: "%",
    definition:
      "Share of the 10,000 test digits classified correctly after the last step, normalizing with the running statistics. A run whose loss became infinite or no number counts as guessing, 10 %.",
    digits: 2,
    of: (record) => ({ value: accuracyOrChance(record), atLeast: false }),
  },
};

function accuracyOrChance(record: RunRecord): number | null {
  return record.outcome === "diverged" ? CHANCE : finalAccuracy(record);
}

/** With larger rates scales can shrink to nothing, and so can what is to be said of them. */
export function checkAtBaseRates(runs: readonly RunResult[]): InterventionCheck {
  const at = (normalization: Normalization): string[] =>
    activations.map((activation) => `${activation}-${normalization}-x1`);
  return checkNormalization(runs, {
    probe: NORMALIZATION,
    normalized: at("bn"),
    loose: at("plain"),
    where: "at the base rates, ",
  });
}
