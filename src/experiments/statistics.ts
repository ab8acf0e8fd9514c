/** Means, paired differences and their intervals over seeds. */
import { OptionError } from "../base/errors.ts";
import { studentTQuantile } from "./student-t.ts";

/** A mean over seeds with its t-interval. Without at least two values there is no interval. */
export interface Interval {
  /** How many values the mean is of. */
  readonly n: number;
  readonly mean: number | null;
  /** Sample standard deviation (n − 1 below); null for n < 2. */
  readonly sd: number | null;
  /** Ends of the interval; null for n < 2. */
  readonly low: number | null;
  readonly high: number | null;
  /** Coverage, such as 0.95. */
  readonly level: number;
}

/** The interval of the differences first − second, seed by seed. */
export interface PairedGap extends Interval {
  /** Mean difference in units of the differences' sd (Cohen's d for pairs); null if the sd is 0 or unknown. */
  readonly effectSize: number | null;
  /** Pairs left out because at least one of their runs has no value. */
  readonly missing: number;
  /** The bootstrap interval of the mean, from ten pairs on; absent below. */
  readonly bootstrap?: { readonly low: number; readonly high: number };
}

/** One number per seed; null where the run has none (it diverged before there was one). */
export type PerSeed = Readonly<Record<string, number | null>>;

/** Fewer pairs than this and a study says "too few seeds to tell". */
export const FEWEST_PAIRS = 3;

/** Arithmetic mean, by compensated summation. */
export function mean(values: readonly number[]): number {
  let sum = 0;
  let lost = 0;
  for (const value of values) {
    const term = value - lost;
    const next = sum + term;
    lost = next - sum - term;
    sum = next;
  }
  return sum / values.length;
}

/** Sample standard deviation, dividing by n − 1; two passes. */
export function sampleSd(values: readonly number[]): number {
  const center = mean(values);
  return Math.sqrt(
    values.reduce((sum, value) => sum + (value - center) ** 2, 0) / (values.length - 1),
  );
}

/**
 * mean ± t(1 − (1 − level)/2; n − 1) · sd / √n.
 *
 * Assumes values that are independent and about normal; with five seeds a bootstrap would be too
 * narrow: `bootstrapInterval` wants ten.
 * Errors: OptionError unless 0 < level < 1.
 */
export function meanInterval(values: readonly number[], level = 0.95): Interval {
  if (!(level > 0 && level < 1)) {
    throw new OptionError(`meanInterval: level must be in (0, 1), got ${level}`);
  }
  const n = values.length;
  if (n === 0) return { n, mean: null, sd: null, low: null, high: null, level };
  const center = mean(values);
  if (n === 1) return { n, mean: center, sd: null, low: null, high: null, level };
  const sd = sampleSd(values);
  const half = (studentTQuantile(0.5 + level / 2, n - 1) * sd) / Math.sqrt(n);
  return { n, mean: center, sd, low: center - half, high: center + half, level };
}

/**
 * The paired t-interval of first − second over the seeds both have.
 *
 * Pairing takes out what the arms of one seed share (initialization, batch order). A seed whose
 * value is null in either arm is left out and counted in `missing`.
 * Errors: OptionError when the two do not name the same seeds.
 */
export function pairedGap(first: PerSeed, second: PerSeed, level = 0.95): PairedGap {
  const gaps = pairedValues(first, second);
  const interval = meanInterval(gaps, level);
  const { mean: center, sd } = interval;
  const effectSize = center === null || sd === null || sd === 0 ? null : center / sd;
  return { ...interval, effectSize, missing: Object.keys(first).length - gaps.length };
}

/** first − second, for every seed that both have a value for. Errors: as `pairedGap`. */
export function pairedValues(first: PerSeed, second: PerSeed): number[] {
  const seeds = Object.keys(first);
  const others = Object.keys(second);
  if (seeds.length !== others.length || seeds.some((seed) => !(seed in second))) {
    throw new OptionError(
      `pairedGap: both arms must have the same seeds, got [${seeds.join(", ")}] and [${others.join(", ")}]`,
    );
  }
  return seeds.flatMap((seed) => {
    const [one, other] = [first[seed] ?? null, second[seed] ?? null];
    return one === null || other === null ? [] : [one - other];
  });
}
