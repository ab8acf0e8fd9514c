import type { InterventionCheck, Measure, RunRecord, RunResult } from "../../experiments/index.ts";
import { checkNoise } from "../dropout-parts/check-noise.ts";
import { lastNumbers } from "../dropout-parts/probe-numbers.ts";
import { KEEP, PIXELS } from "./model.ts";

export type FeaturesMeasure =
  | "reconstruction"
  | "mean-activation"
  | "mean-activation-scaled"
  | "zero-share"
  | "extent";

/** Names of the probes. */
export const ACTIVATIONS = "activations";
export const FEATURES = "features";

export const measures: Readonly<Record<FeaturesMeasure, Measure>> = {
  reconstruction: {
    label: "Test reconstruction error",
    unit: "squared brightness",
    digits: 4,
    definition: `Squared difference between a pixel and its reconstruction, brightness from 0 to 1, mean over the ${PIXELS} pixels of all test digits, after the last step, with all units and no noise.`,
    of: (record) => measured(record, record.curve.at(-1)?.loss),
  },
  "mean-activation": {
    label: "Mean activation, as in training",
    unit: "",
    digits: 3,
    definition:
      "Mean output of a hidden unit over all test digits and units, none dropped, without the factor p that dropout’s test-time network multiplies it with.",
    of: (record) => measured(record, lastNumbers(record, ACTIVATIONS, "mean")[0]),
  },
  "mean-activation-scaled": {
    label: "Mean activation, as at test",
    unit: "",
    digits: 3,
    definition: "The same with that factor; without dropout there is none.",
    of(record) {
      const [mean] = lastNumbers(record, ACTIVATIONS, "mean");
      return measured(
        record,
        mean === undefined ? mean : mean * (record.arm === "with" ? KEEP : 1),
      );
    },
  },
  "zero-share": {
    label: "Activations that are zero",
    unit: "%",
    digits: 1,
    definition:
      "Share of the hidden units’ outputs that are exactly 0, over all test digits and units, none dropped.",
    of: (record) => measured(record, lastNumbers(record, ACTIVATIONS, "zero")[0]),
  },
  extent: {
    label: "Extent of a feature",
    unit: "pixels",
    digits: 0,
    definition:
      "The number of pixels that a hidden unit’s weights w amount to, (Σ w²)² / Σ w⁴ over the pixels that some training digit lights: 1 if one pixel has all the weight, all of them if each has as much. Median over units.",
    of: (record) => measured(record, lastNumbers(record, FEATURES, "local")[0]),
  },
};

function measured(record: RunRecord, value: number | undefined): ReturnType<Measure["of"]> {
  return { value: record.outcome === "finished" ? (value ?? null) : null, atLeast: false };
}

/** Were half of the hidden units dropped with dropout, and none without? */
export function checkFeatures(runs: readonly RunResult[]): InterventionCheck {
  return checkNoise(runs, ({ arm }) => ({
    layers: arm === "with" ? [{ kind: "bernoulli", keep: KEEP }] : [],
  }));
}
