import {
  formatMeasure,
  pairedGap,
  type Finding,
  type MeasureSummary,
  type Outcome,
} from "../../experiments/index.ts";

export interface FindEveryOptions {
  readonly claim: string;
  readonly measure: string;
  readonly summary: MeasureSummary;
  /** What every run's value must be, `limit` included for `atMost` and not for `above`. */
  readonly rule: { readonly atMost: number } | { readonly above: number };
}

/**
 * Judges a statement that is exact, so that no average over seeds can rescue it: it is supported if
 * the rule holds for every run of every arm, contradicted if one run breaks it, undecided if a run
 * has no value.
 *
 * The gap says how far the worst arm of each seed stays on the right side of the limit.
 */
export function findEvery({ claim, measure, summary, rule }: FindEveryOptions): Finding {
  const bounded = "atMost" in rule;
  const limit = bounded ? rule.atMost : rule.above;
  const arms = Object.values(summary.arms).map(({ perSeed }) => perSeed);
  const seeds = Object.keys(arms[0] ?? {});
  const worst = Object.fromEntries(
    seeds.map((seed) => {
      const values = arms.map((perSeed) => perSeed[seed] ?? null);
      if (values.includes(null)) return [seed, null];
      const known = values.filter((value) => value !== null);
      return [seed, bounded ? Math.max(...known) : Math.min(...known)];
    }),
  );
  const limits = Object.fromEntries(seeds.map((seed) => [seed, limit]));
  const gap = bounded ? pairedGap(limits, worst) : pairedGap(worst, limits);
  const known = Object.values(worst).filter((value) => value !== null);
  const breaks = known.filter((value) => (bounded ? value > limit : value <= limit)).length;
  const missing = known.length < seeds.length || known.length === 0;
  const outcome: Outcome = breaks > 0 ? "contradicts" : missing ? "undecided" : "supports";
  const shown = (value: number): string => `${formatMeasure(value, summary)} ${summary.unit}`;
  const extreme = bounded ? Math.max(...known) : Math.min(...known);
  const worded = bounded ? `at most ${shown(limit)}` : `above ${shown(limit)}`;
  const seen =
    known.length === 0
      ? "no run has a value"
      : `${bounded ? "largest" : "smallest"} of all runs ${shown(extreme)}`;
  const runs = `${arms.length * seeds.length} runs`;
  return {
    claim,
    measure,
    difference: bounded ? "limit − worst arm" : "worst arm − limit",
    gap,
    outcome,
    because: `${seen}, ${runs}; every run must be ${worded}`,
  };
}
