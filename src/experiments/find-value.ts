/** Judging one part of a claim by one arm's own values: against a number, or as exact in every run. */
import { OptionError } from "../base/errors.ts";
import { bootstrapInterval } from "./bootstrap.ts";
import { armOf, judgeEnds } from "./finding.ts";
import { numbersWithBasis, withUnit } from "./finding-text.ts";
import { meanInterval, type PairedGap, type PerSeed } from "./statistics.ts";
import type { Finding, Outcome } from "./study-parts.ts";
import type { MeasureSummary } from "./study-result.ts";

export interface ValueFindingOptions {
  /** The part of the claim, as a sentence. */
  readonly claim: string;
  /** Id of the measure. */
  readonly measure: string;
  readonly summary: MeasureSummary;
  /** Id of the arm. */
  readonly arm: string;
  /** The number it is held against, in the measure's own unit (a share, not a percentage). */
  readonly bound: number;
  /** What is measured, in words: `with dropout`. */
  readonly of: string;
}

/**
 * Judges "this arm's mean is above `bound`" by its 95 % t-interval over seeds: supported if it lies
 * above, contradicted if below, undecided if it holds the bound, rests on fewer than three seeds,
 * or would rest on runs without a value.
 */
export function findAbove(options: ValueFindingOptions): Finding {
  return judgeValue(options, "above");
}

/** Judges "this arm's mean is below `bound`": as `findAbove`, turned round. */
export function findBelow(options: ValueFindingOptions): Finding {
  return judgeValue(options, "below");
}

function judgeValue(options: ValueFindingOptions, wanted: "above" | "below"): Finding {
  const { claim, measure, summary, arm, bound, of } = options;
  const { perSeed, atLeast } = armOf(summary, arm, measure);
  const gap = valuesOf(perSeed, bound);
  const shown = withUnit(bound, summary);
  const [outcome, reason] = judgeEnds(gap, summary, [arm], ([low, high]) => {
    if (low > bound) {
      return [wanted === "above" ? "supports" : "contradicts", `the interval lies above ${shown}`];
    }
    if (high < bound && atLeast > 0) {
      return ["undecided", `the interval lies below ${shown}, but ${atLeast} runs never got there`];
    }
    if (high < bound) {
      return [wanted === "below" ? "supports" : "contradicts", `the interval lies below ${shown}`];
    }
    return ["undecided", `the interval holds ${shown}`];
  });
  const because = `${of}: ${numbersWithBasis(gap, summary, false)}; ${reason}`;
  return { claim, measure, difference: of, gap, of: "values", outcome, because };
}

/** The interval of an arm's values; their effect size is the distance from `bound`. */
function valuesOf(perSeed: PerSeed, bound: number): PairedGap {
  const seeds = Object.values(perSeed);
  const values = seeds.flatMap((value) => (value === null ? [] : [value]));
  const interval = meanInterval(values);
  const { mean, sd } = interval;
  const effectSize = mean === null || sd === null || sd === 0 ? null : (mean - bound) / sd;
  const bootstrap = bootstrapInterval(values);
  return {
    ...interval,
    effectSize,
    missing: seeds.length - values.length,
    ...(bootstrap && { bootstrap }),
  };
}

export interface ExactFindingOptions {
  /** The part of the claim, as a sentence. */
  readonly claim: string;
  /** Id of the measure: how far off each run was, 0 if exact. */
  readonly measure: string;
  readonly summary: MeasureSummary;
  /** Ids of the arms it must hold in. Default *all that the measure has*. */
  readonly arms?: readonly string[];
  /** The largest error that counts as none, in the measure's own unit. */
  readonly tolerance: number;
  /** `upper` for a bound: negative values are slack, not errors. Default `both`. */
  readonly sides?: "both" | "upper";
  /** What is off, in words: `left side − right side, relative`. */
  readonly of: string;
}

/**
 * Judges what must hold in every run, such as an identity or a bound, where an interval of means
 * would say nothing: supported if no run is off by more than the tolerance, contradicted if one is,
 * undecided if a run has no value.
 *
 * Errors: OptionError for a tolerance that is negative or no number, or an unknown arm.
 */
export function findExact(options: ExactFindingOptions): Finding {
  const { claim, measure, summary, tolerance, sides = "both", of } = options;
  if (!(tolerance >= 0)) {
    throw new OptionError(`findExact: tolerance must be at least 0, got ${tolerance}`);
  }
  const arms = options.arms ?? Object.keys(summary.arms);
  const runs = arms.flatMap((arm) => Object.values(armOf(summary, arm, measure).perSeed));
  const values = runs.flatMap((value) => (value === null ? [] : [value]));
  const errors = values.map((value) => (sides === "both" ? Math.abs(value) : value));
  const worst = errors.length === 0 ? null : Math.max(...errors);
  const missing = runs.length - values.length;
  const gap: PairedGap = {
    ...meanInterval([]),
    n: values.length,
    mean: worst,
    effectSize: null,
    missing,
  };
  const [outcome, reason] = judgeErrors(errors, tolerance, missing, summary);
  const shown = worst === null ? "no value" : `at most ${withUnit(worst, summary)}`;
  const because = `${of}: ${shown} in ${values.length} runs; ${reason}`;
  return { claim, measure, difference: of, gap, of: "errors", outcome, because };
}

function judgeErrors(
  errors: readonly number[],
  tolerance: number,
  missing: number,
  summary: MeasureSummary,
): readonly [Outcome, string] {
  const allowed = `allowed: ${withUnit(tolerance, summary)}`;
  // Negated, so that an error that is no number counts as one.
  const off = errors.filter((error) => !(error <= tolerance)).length;
  if (off > 0) {
    return ["contradicts", `${off} of ${errors.length} runs are off by more (${allowed})`];
  }
  if (missing > 0) {
    return [
      "undecided",
      `${missing} of ${errors.length + missing} runs have no value (${allowed})`,
    ];
  }
  if (errors.length === 0) return ["undecided", `there is no run (${allowed})`];
  return ["supports", `every run keeps to it (${allowed})`];
}
