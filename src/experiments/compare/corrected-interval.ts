/**
 * Differences between arms over resampled data: folds share training rows, so that their results
 * are not independent and a plain t-interval would be too narrow.
 */
import { OptionError } from "../../base/errors.ts";
import { mean, sampleSd } from "../statistics.ts";
import { studentTCdf, studentTQuantile } from "../student-t.ts";

export interface CorrectedDifference {
  /** Pairs that both arms have a value for. */
  readonly n: number;
  readonly mean: number | null;
  /** Standard error with the correction; null for n < 2. */
  readonly error: number | null;
  /** Two-sided; null for n < 2. */
  readonly probability: number | null;
}

/**
 * Mean of paired differences with standard error sd · √(1/n + tested/trained), and the two-sided
 * probability of one as large by chance, by Student's t with n − 1 degrees of freedom.
 * `ratio` = tested/trained is 0 for pairs that differ by their seed alone: the plain paired t-test.
 *
 * Errors: OptionError for a negative ratio.
 * Source: Nadeau & Bengio 2003, "Inference for the generalization error", section 5; for repeated
 *         folds Bouckaert & Frank 2004.
 */
export function correctedDifference(
  differences: readonly number[],
  ratio: number,
): CorrectedDifference {
  if (!(ratio >= 0)) {
    throw new OptionError(`correctedDifference: ratio must be at least 0, got ${ratio}`);
  }
  const n = differences.length;
  if (n === 0) return { n, mean: null, error: null, probability: null };
  const center = mean(differences);
  if (n === 1) return { n, mean: center, error: null, probability: null };
  const error = sampleSd(differences) * Math.sqrt(1 / n + ratio);
  const probability = error === 0 ? (center === 0 ? 1 : 0) : tail(Math.abs(center) / error, n - 1);
  return { n, mean: center, error, probability };
}

function tail(t: number, degrees: number): number {
  return Math.min(1, 2 * (1 - studentTCdf(t, degrees)));
}

/** Half the width of the interval of coverage `level`. */
export function halfWidth({ n, error }: CorrectedDifference, level: number): number | null {
  return error === null ? null : studentTQuantile(0.5 + level / 2, n - 1) * error;
}

export interface HolmStep {
  /** Coverage of this comparison's interval, so that all of them together keep the level asked for. */
  readonly level: number;
  readonly rejected: boolean;
}

/**
 * Holm's step-down procedure at `alpha` over several comparisons: the smallest probability is
 * compared with alpha / m, the next with alpha / (m − 1), and so on up to the first that is not
 * smaller. From there on none is rejected, and all keep that first one's level: so an interval
 * leaves out zero exactly where its comparison is rejected.
 *
 * Source: Holm 1979, "A simple sequentially rejective multiple test procedure".
 */
export function holmSteps(probabilities: readonly (number | null)[], alpha: number): HolmStep[] {
  const known = probabilities.flatMap((probability, index) =>
    probability === null ? [] : [{ probability, index }],
  );
  known.sort((a, b) => a.probability - b.probability);
  const level = 1 - alpha / Math.max(1, known.length);
  const steps = probabilities.map((): HolmStep => ({ level, rejected: false }));
  let rejecting = true;
  let share = alpha;
  known.forEach(({ probability, index }, rank) => {
    if (rejecting) {
      share = alpha / (known.length - rank);
      rejecting = probability < share;
    }
    steps[index] = { level: 1 - share, rejected: rejecting };
  });
  return steps;
}
