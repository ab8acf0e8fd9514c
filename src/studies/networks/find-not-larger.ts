import {
  formatMeasure,
  pairedGap,
  pairedSeeds,
  FEWEST_PAIRS,
  type Finding,
  type FindingOptions,
  type Outcome,
} from "../../experiments/index.ts";

/**
 * Judges "first is not larger than second by more than `margin`", for claims such as "similar or
 * worse": supported if the whole 95 % paired t-interval of first − second lies below the margin,
 * contradicted if it lies above it, undecided if it holds the margin, rests on fewer than three
 * pairs, or would rest on runs without a value.
 */
export function findNotLarger(options: FindingOptions & { readonly margin: number }): Finding {
  const { claim, measure, summary, first, second, difference, margin } = options;
  const gap = pairedGap(summary.arms[first]!.perSeed, summary.arms[second]!.perSeed);
  const shown = (value: number): string =>
    `${formatMeasure(value, summary)} ${summary.unit}`.trim();
  const [outcome, reason] = judge(gap, margin, shown(margin));
  const ends =
    gap.low === null || gap.high === null
      ? "no interval"
      : `${gap.mean === null ? "–" : shown(gap.mean)} [${formatMeasure(gap.low, summary)}, ${formatMeasure(gap.high, summary)}], 95 % interval`;
  const because = `${difference}: ${ends} over ${pairedSeeds(gap.n)}; ${reason}`;
  return { claim, measure, difference, gap, outcome, because };
}

function judge(
  { n, low, high, missing }: ReturnType<typeof pairedGap>,
  margin: number,
  shown: string,
): readonly [Outcome, string] {
  if (missing > 0) return ["undecided", `${missing} of ${n + missing} pairs have no value`];
  if (n < FEWEST_PAIRS || low === null || high === null) {
    return ["undecided", "too few seeds to tell"];
  }
  if (high < margin) return ["supports", `the interval lies below ${shown}`];
  if (low > margin) return ["contradicts", `the interval lies above ${shown}`];
  return ["undecided", `the interval holds ${shown}`];
}
