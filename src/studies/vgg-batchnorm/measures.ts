import type { Measure, RunRecord } from "../../experiments/index.ts";
import { percentileDrift } from "../batchnorm-mnist/measures.ts";
import {
  finalTestAccuracy,
  finalTrainingAccuracy,
  trainingSpeed,
} from "../networks/training-measures.ts";

export type VggMeasure =
  | "training-speed"
  | "final-training"
  | "final-test"
  | "drift-3"
  | "drift-11";

/** The layers whose activations the paper shows. */
export const SHOWN_LAYERS: readonly number[] = [3, 11];

/** Names of the probes. */
export const NORMALIZATION = "normalization";
export const percentilesOf = (layer: number): string => `percentiles-${layer}`;
export const histogramOf = (layer: number): string => `layer-${layer}`;

export const measures: Readonly<Record<VggMeasure, Measure>> = {
  "training-speed": trainingSpeed,
  "final-training": finalTrainingAccuracy,
  "final-test": finalTestAccuracy,
  "drift-3": driftMeasure(3),
  "drift-11": driftMeasure(11),
};

/** Differences of logarithms are ratios: 1 is twice as much. */
function driftMeasure(layer: number): Measure {
  return {
    label: `Drift of layer ${layer}’s activations`,
    unit: "doublings",
    definition:
      "How far the 15th, 50th and 85th percentile of a unit’s activations travel from observation to observation, divided by the unit’s mean distance from the 15th to the 85th, per 1,000 steps; the median over the layer’s units; as a logarithm to base 2, so that a difference of 1 is twice the drift.",
    digits: 2,
    of(record: RunRecord) {
      const drift = percentileDrift(record.probes[percentilesOf(layer)]);
      const known = record.outcome === "finished" && drift !== null && drift > 0;
      return { value: known ? Math.log2(drift) : null, atLeast: false };
    },
  };
}

/** All but the percentiles, of which the measures are made. */
export function keptProbes({ probes }: RunRecord): RunRecord["probes"] {
  return Object.fromEntries(
    Object.entries(probes).filter(
      ([name]) => !SHOWN_LAYERS.some((layer) => name === percentilesOf(layer)),
    ),
  );
}
