/** Did batch normalization happen where it should, and nowhere else? */
import type { InterventionCheck, RunResult } from "../experiments/index.ts";

export interface NormalizationCheckOptions {
  /** Name of the `normalizationError` probe in each run. */
  readonly probe: string;
  /** Arms whose observed layer must be normalized at every observation. */
  readonly normalized: readonly string[];
  /** Arms whose observed layer must not be: its middle unit, at every observation. */
  readonly loose: readonly string[];
  /** Where the arms are looked at, such as `at the base rates, `. Default *nothing*. */
  readonly where?: string;
}

/** Largest error that still counts as normalized, smallest that counts as not. */
const NORMALIZED_BELOW = 0.02;
const LOOSE_ABOVE = 0.1;

/**
 * With batch normalization every unit must have mean = shift and variance = scale², to within 2 % of
 * its scale; without, the middle unit must be off by a tenth of a standard deviation, in mean or in
 * variance. An arm that was not observed fails.
 */
export function checkNormalization(
  runs: readonly RunResult[],
  { probe, normalized, loose, where = "" }: NormalizationCheckOptions,
): InterventionCheck {
  const seen = (arms: readonly string[], names: readonly string[]): number[] =>
    arms.flatMap((arm) => {
      const own = runs.filter((run) => run.arm === arm);
      const values = own.flatMap(({ probes }) => {
        const { steps = [], values: rows = {} } = probes[probe] ?? {};
        return steps.map((_, i) => Math.max(...names.map((name) => Number(rows[name]?.[i]))));
      });
      return values.length === 0 ? [NaN] : values;
    });
  const worst = Math.max(...seen(normalized, ["locationMax", "spreadMax"]));
  const least = Math.min(...seen(loose, ["location", "spread"]));
  return {
    passed: worst <= NORMALIZED_BELOW && least >= LOOSE_ABOVE,
    because:
      `${where}with batch normalization no unit's mean or variance was ever further than ${share(worst)} from what scale and shift say ` +
      `(allowed: ${share(NORMALIZED_BELOW)}); without, the middle unit was always at least ${share(least)} away from mean 0 and variance 1 ` +
      `(needed: ${share(LOOSE_ABOVE)})`,
  };
}

function share(value: number): string {
  return Number.isFinite(value) ? `${(value * 100).toPrecision(2)} %` : "an unknown amount";
}
