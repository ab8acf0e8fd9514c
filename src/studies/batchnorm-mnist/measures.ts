import {
  finalAccuracy,
  stepsToAccuracy,
  type InterventionCheck,
  type Measure,
  type ProbeSeries,
  type RunRecord,
  type RunResult,
} from "../../experiments/index.ts";

export type BatchNormMeasure = "steps-to-target" | "final-accuracy" | "drift";

/** Share of test digits classified correctly that counts as "there". */
export const TARGET_ACCURACY = 0.9;

/** Names of the two probes. */
export const SIGMOID_INPUT = "sigmoid-input";
export const NORMALIZATION = "normalization";

/** Units of the last hidden layer whose percentiles the results keep; the first is "the typical one". */
export const SHOWN_UNITS: readonly number[] = [0, 1, 2, 3, 4];

export const measures: Readonly<Record<BatchNormMeasure, Measure>> = {
  "steps-to-target": {
    label: "Steps to 90 % test accuracy",
    unit: "steps",
    definition:
      "First evaluation at which test accuracy is at or above 90 %, so no finer than the steps between evaluations. A run that never gets there counts as all its steps, a lower bound.",
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
      "Share of the 10,000 test digits classified correctly after the last step, normalizing with the running statistics.",
    digits: 2,
    of: (record) => ({
      value: record.outcome === "finished" ? finalAccuracy(record) : null,
      atLeast: false,
    }),
  },
  drift: {
    label: "Drift of the last sigmoids' inputs",
    unit: "spreads per 1,000 steps",
    definition:
      "How far the 15th, 50th and 85th percentile of a unit's input travel (the sum of their absolute changes from one observation to the next, averaged over the three), divided by the unit's mean distance from the 15th to the 85th percentile, per 1,000 steps; the median over the layer's 100 units.",
    digits: 2,
    of: (record) => ({
      value: record.outcome === "finished" ? percentileDrift(record.probes[SIGMOID_INPUT]) : null,
      atLeast: false,
    }),
  },
};

/** Length of the percentiles' path, in units of the mean spread, per 1,000 steps: median over units. */
export function percentileDrift(series: ProbeSeries | undefined): number | null {
  if (series === undefined || series.steps.length < 2) return null;
  const [low, middle, high] = ["p15", "p50", "p85"].map(
    (name) => series.values[name] as readonly (readonly number[])[],
  );
  if (low === undefined || middle === undefined || high === undefined) return null;
  const units = low[0]?.length ?? 0;
  const drifts = Array.from({ length: units }, (_, unit) => {
    const travelled = [low, middle, high].map((rows) => pathLength(rows.map((row) => row[unit]!)));
    const spread = low.reduce((sum, row, i) => sum + high[i]![unit]! - row[unit]!, 0) / low.length;
    const path = travelled.reduce((sum, length) => sum + length, 0) / travelled.length;
    return ((path / spread) * 1000) / (series.steps.at(-1)! - series.steps[0]!);
  });
  return medianOf(drifts);
}

function pathLength(values: readonly number[]): number {
  let length = 0;
  for (let i = 1; i < values.length; i++) length += Math.abs(values[i]! - values[i - 1]!);
  return length;
}

function medianOf(values: readonly number[]): number | null {
  if (values.length === 0 || values.some((value) => !Number.isFinite(value))) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const half = (sorted.length - 1) / 2;
  return (sorted[Math.floor(half)]! + sorted[Math.ceil(half)]!) / 2;
}

/** Keeps the normalization probe whole and of the percentiles the units that are shown. */
export function keptProbes({ probes }: RunRecord): RunRecord["probes"] {
  const { [SIGMOID_INPUT]: inputs, ...others } = probes;
  if (inputs === undefined) return others;
  const values = Object.entries(inputs.values).map(([name, rows]) => {
    const shown = rows.map((row) => SHOWN_UNITS.map((unit) => (row as readonly number[])[unit]!));
    return [name, shown] as const;
  });
  return { ...others, [SIGMOID_INPUT]: { ...inputs, values: Object.fromEntries(values) } };
}

/** Largest error that still counts as normalized, smallest that counts as not. */
const NORMALIZED_BELOW = 0.02;
const LOOSE_ABOVE = 0.1;

/**
 * Did normalization happen where it should, and nowhere else? With it, every unit's input to the
 * last sigmoid must have mean = shift and variance = scale² at every observation; without it, the
 * middle unit must be off by a tenth of a standard deviation or more, in mean or in variance.
 */
export function checkNormalization(runs: readonly RunResult[]): InterventionCheck {
  const worst = (arm: string, names: readonly string[], pick: typeof Math.max): number => {
    const seen = runs
      .filter((run) => run.arm === arm)
      .flatMap(({ probes }) => {
        const { steps = [], values = {} } = probes[NORMALIZATION] ?? {};
        return steps.map((_, i) =>
          Math.max(...names.map((name) => Number(values[name]?.[i] ?? NaN))),
        );
      });
    return seen.length === 0 ? NaN : pick(...seen);
  };
  const normalized = worst("bn", ["locationMax", "spreadMax"], Math.max);
  const loose = worst("plain", ["location", "spread"], Math.min);
  const passed = normalized <= NORMALIZED_BELOW && loose >= LOOSE_ABOVE;
  return {
    passed,
    because:
      `with batch normalization, no unit's mean or variance was ever further than ${percent(normalized)} from what scale and shift say ` +
      `(allowed: ${percent(NORMALIZED_BELOW)}); without, the middle unit was always at least ${percent(loose)} away from mean 0 and variance 1 ` +
      `(needed: ${percent(LOOSE_ABOVE)})`,
  };
}

function percent(share: number): string {
  return Number.isFinite(share) ? `${(share * 100).toPrecision(2)} %` : "an unknown amount";
}
