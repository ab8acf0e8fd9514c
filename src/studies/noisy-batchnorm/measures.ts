import type { InterventionCheck, Measure, RunRecord, RunResult } from "../../experiments/index.ts";
import { distributionDrift } from "../../probes/index.ts";
import { momentDrift, type MomentDrift } from "../networks/moment-drift.ts";
import {
  finalTestAccuracy,
  finalTrainingAccuracy,
  trainingSpeed,
} from "../networks/training-measures.ts";

export type NoisyMeasure =
  | "training-speed"
  | "final-training"
  | "final-test"
  | "mean-drift"
  | "variance-drift";

/** The layers whose activations the paper shows. */
export const SHOWN_LAYERS: readonly number[] = [2, 9, 13];

/** Names of the probes. */
export const momentsOf = (layer: number): string => `moments-${layer}`;
export const histogramOf = (layer: number): string => `layer-${layer}`;

export const measures: Readonly<Record<NoisyMeasure, Measure>> = {
  "training-speed": trainingSpeed,
  "final-training": finalTrainingAccuracy,
  "final-test": finalTestAccuracy,
  "mean-drift": driftMeasure("mean", "mean", "standard deviation"),
  "variance-drift": driftMeasure("variance", "variance", "variance"),
};

function driftMeasure(of: keyof MomentDrift, what: string, spread: string): Measure {
  return {
    label: `Jumps of activations’ ${what}`,
    unit: `of the unit’s ${spread}`,
    definition: `How far the ${what} of what a unit’s ReLU receives, over the next batch of training with the noise of training, is from that of the observation before, averaged over training and divided by the unit’s own average ${spread}; the median over a layer’s units; the mean over layers ${SHOWN_LAYERS.join(", ")}.`,
    digits: 3,
    of: (record) => ({ value: driftOf(record, of), atLeast: false }),
  };
}

function driftOf({ probes, outcome }: RunRecord, of: keyof MomentDrift): number | null {
  if (outcome !== "finished") return null;
  const drifts = SHOWN_LAYERS.flatMap((layer) => momentDrift(probes[momentsOf(layer)])?.[of] ?? []);
  if (drifts.length < SHOWN_LAYERS.length) return null;
  return drifts.reduce((sum, drift) => sum + drift, 0) / drifts.length;
}

/** The noise alone lets a mean jump by |u − u′|, both even in ±0.5: on average by 1/3. */
const JUMPS_ABOVE = 0.2;
/** Where there is no noise, jumps must be smaller than this. */
const STEADY_BELOW = 0.1;

/**
 * Did the noise move the distributions it was put behind? With it, the mean of layer 2's middle
 * unit must jump by 0.2 or more from observation to observation (1/3 is expected of the noise
 * alone); after clean batch normalization by no more than 0.1.
 */
export function checkNoise(runs: readonly RunResult[]): InterventionCheck {
  const jumps = (arm: string, pick: typeof Math.max): number => {
    const own = runs.filter((run) => run.arm === arm);
    return own.length === 0 ? NaN : pick(...own.map(meanJump));
  };
  const noisy = jumps("noisy", Math.min);
  const steady = jumps("bn", Math.max);
  return {
    passed: noisy >= JUMPS_ABOVE && steady <= STEADY_BELOW,
    because:
      `behind the noise, the mean of layer ${SHOWN_LAYERS[0]}’s middle unit jumped by at least ${shown(noisy)} from observation to observation ` +
      `(needed: ${JUMPS_ABOVE}, expected of the noise alone: 0.33); behind clean batch normalization by at most ${shown(steady)} (allowed: ${STEADY_BELOW})`,
  };
}

/** NaN for a run without observations, which fails the check. */
function meanJump({ probes }: Pick<RunResult, "probes">): number {
  const series = probes[momentsOf(SHOWN_LAYERS[0]!)];
  if (series === undefined || series.steps.length < 2) return NaN;
  const { meanChange } = distributionDrift(series);
  const units = meanChange[0]!.length;
  const jumps = Array.from(
    { length: units },
    (_, unit) => meanChange.reduce((sum, row) => sum + row[unit]!, 0) / meanChange.length,
  );
  return jumps.toSorted((a, b) => a - b)[Math.floor(units / 2)]!;
}

function shown(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(2))) : "an unknown amount";
}

/** Units whose moments the results keep: for figures and the check, of many. */
const KEPT_UNITS = 8;

export function keptProbes({ probes }: RunRecord): RunRecord["probes"] {
  const moments = new Set(SHOWN_LAYERS.map(momentsOf));
  return Object.fromEntries(
    Object.entries(probes).map(([name, series]) => {
      if (!moments.has(name)) return [name, series];
      const values = Object.entries(series.values).map(([key, seen]) => {
        const kept = seen.map((row) => (typeof row === "number" ? row : row.slice(0, KEPT_UNITS)));
        return [key, kept] as const;
      });
      return [name, { ...series, values: Object.fromEntries(values) }];
    }),
  );
}
