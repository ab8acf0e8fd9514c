/** Measures that the studies of VGG share: how training went, from its probe and evaluations. */
import {
  finalAccuracy,
  type Measure,
  type RunRecord,
  type Scale,
} from "../../experiments/index.ts";
import { TRAINING } from "./train-vgg.ts";

/** Observations that the accuracy at the end is the mean of: one alone is of 8 batches. */
const LAST = 4;
/** Accuracy of a network that diverged: ten classes, equally frequent. */
const CHANCE = 0.1;

/**
 * Accuracy in training at every observation that was planned after the first update: a run that
 * diverged is at chance from there on. Null for a run that was broken off.
 */
function accuracies(
  { probes, outcome }: RunRecord,
  { steps: planned, observeEvery }: Scale,
): readonly number[] | null {
  if (outcome === "aborted") return null;
  const { steps = [], values = {} } = probes[TRAINING] ?? {};
  const seen = (values["accuracy"] ?? []).flatMap((accuracy, i) =>
    steps[i]! > 0 ? [Number(accuracy)] : [],
  );
  if (outcome === "finished") return seen;
  const missing = Math.ceil(planned / observeEvery) - seen.length;
  return [...seen, ...new Array<number>(Math.max(0, missing)).fill(CHANCE)];
}

function meanOf(values: readonly number[] | null): number | null {
  if (values === null || values.length === 0) return null;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

const DIVERGED = "A run that diverged counts as at chance, 10 %, from there on.";

/** Larger if accuracy rises sooner or further. */
export const trainingSpeed: Measure = {
  label: "Accuracy in training, mean over all of training",
  unit: "%",
  definition: `The share of training images classified correctly, 8 batches each time, as in training; the mean over all observations after the first step: the area under training’s curve, larger if it rises sooner or further. ${DIVERGED}`,
  digits: 1,
  of: (record, scale) => ({ value: meanOf(accuracies(record, scale)), atLeast: false }),
};

export const finalTrainingAccuracy: Measure = {
  label: "Accuracy in training at the end",
  unit: "%",
  definition: `The share of training images classified correctly, 8 batches each time, as in training; the mean of the last ${LAST} observations. ${DIVERGED}`,
  digits: 1,
  of: (record, scale) => ({
    value: meanOf(accuracies(record, scale)?.slice(-LAST) ?? null),
    atLeast: false,
  }),
};

export const finalTestAccuracy: Measure = {
  label: "Test accuracy at the end",
  unit: "%",
  definition: `The share of the 10,000 test images classified correctly after the last step, with running statistics. ${DIVERGED}`,
  digits: 1,
  of(record) {
    const value = {
      finished: finalAccuracy(record),
      diverged: CHANCE,
      aborted: null,
    }[record.outcome];
    return { value, atLeast: false };
  },
};
