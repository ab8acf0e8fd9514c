import {
  finalAccuracy,
  stepsToAccuracy,
  type InterventionCheck,
  type Measure,
  type RunRecord,
  type RunResult,
} from "../../experiments/index.ts";
import { activations, type Activation, type Normalization } from "./model.ts";

export type RateMeasure = "steps-to-target" | "final-accuracy";

/** Just under what both nets without normalization end at, at their best rates, in the choice of these. */
export const TARGET_ACCURACY = 0.95;

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

/** Largest error that still counts as normalized, smallest that counts as not. */
const NORMALIZED_BELOW = 0.02;
const LOOSE_ABOVE = 0.1;

/**
 * Did normalization happen where it should, and nowhere else? Looked at with the base rates: with
 * it, every input to the last hidden activation must have mean = shift and variance = scale² at
 * every observation; without it, the middle unit must be off by a tenth of a standard deviation.
 */
export function checkNormalization(runs: readonly RunResult[]): InterventionCheck {
  const seen = (activation: Activation, kind: Normalization, names: readonly string[]) =>
    runs
      .filter(({ arm }) => arm === `${activation}-${kind}-x1`)
      .flatMap(({ probes }) => {
        const { steps = [], values = {} } = probes[NORMALIZATION] ?? {};
        return steps.map((_, i) => Math.max(...names.map((name) => Number(values[name]?.[i]))));
      });
  const normalized = activations.flatMap((name) => seen(name, "bn", ["locationMax", "spreadMax"]));
  const loose = activations.flatMap((name) => seen(name, "plain", ["location", "spread"]));
  const [worst, least] = [largest(normalized), -largest(loose.map((value) => -value))];
  return {
    passed: worst <= NORMALIZED_BELOW && least >= LOOSE_ABOVE,
    because:
      `at the base rates, with batch normalization no unit's mean or variance was ever further than ${share(worst)} from what scale and shift say ` +
      `(allowed: ${share(NORMALIZED_BELOW)}); without, the middle unit was always at least ${share(least)} away from mean 0 and variance 1 ` +
      `(needed: ${share(LOOSE_ABOVE)})`,
  };
}

/** NaN of nothing, so that no bound holds. */
function largest(values: readonly number[]): number {
  return values.length === 0 ? NaN : Math.max(...values);
}

function share(value: number): string {
  return Number.isFinite(value) ? `${(value * 100).toPrecision(2)} %` : "an unknown amount";
}
