import { streamKey, uniform } from "../base/random.ts";
import { mean, sampleSd } from "./statistics.ts";

/** Fewer values than this are too few to stand for the population they come from. */
const FEWEST_BOOTSTRAPPED = 10;

const RESAMPLES = 4_000;
const NAME = "bootstrap";

/**
 * The bootstrap-t interval of a mean: how far resampled means lie from the sample's, each measured
 * in its own standard error, takes the place of Student's t. It follows skewed values, where the
 * t-interval takes them for normal. The draws are fixed, so equal values give equal ends.
 *
 * Returns null below ten values, or if they are all equal.
 * Source: Efron & Tibshirani 1993, An Introduction to the Bootstrap, section 12.5.
 */
export function bootstrapInterval(
  values: readonly number[],
  level = 0.95,
): { readonly low: number; readonly high: number } | null {
  const n = values.length;
  if (n < FEWEST_BOOTSTRAPPED) return null;
  const center = mean(values);
  const error = sampleSd(values) / Math.sqrt(n);
  if (!(error > 0)) return null;
  const key = streamKey(n, NAME);
  const distances: number[] = [];
  for (let draw = 0; draw < RESAMPLES; draw++) {
    const sample = values.map((_, i) => values[Math.floor(uniform(draw * n + i, key) * n)]!);
    const spread = sampleSd(sample) / Math.sqrt(n);
    // A sample of one value again and again has no standard error.
    if (spread > 0) distances.push((mean(sample) - center) / spread);
  }
  distances.sort((a, b) => a - b);
  const tail = (1 - level) / 2;
  const at = (share: number): number => distances[Math.round(share * (distances.length - 1))]!;
  return { low: center - at(1 - tail) * error, high: center - at(tail) * error };
}
