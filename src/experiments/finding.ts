import { FEWEST_PAIRS, pairedGap, type PairedGap } from "./statistics.ts";
import type { Finding, InterventionCheck, Outcome, Verdict } from "./study-parts.ts";
import type { MeasureSummary } from "./study-result.ts";

export interface FindingOptions {
  /** The part of the claim, as a sentence. */
  readonly claim: string;
  /** Id of the measure. */
  readonly measure: string;
  readonly summary: MeasureSummary;
  /** The claim holds if first − second is positive. */
  readonly first: string;
  readonly second: string;
  /** What is subtracted, in words: `without − with batch normalization`. */
  readonly difference: string;
}

/**
 * Judges "first is larger than second" by the 95 % paired t-interval over seeds: supported if it
 * lies above zero, contradicted if below, undecided if it holds zero, rests on fewer than three
 * pairs, or would rest on runs that diverged.
 */
export function findLarger(options: FindingOptions): Finding {
  const { claim, measure, summary, first, second, difference } = options;
  const gap = pairedGap(summary.arms[first]!.perSeed, summary.arms[second]!.perSeed);
  const [outcome, reason] = judge(gap);
  const because = `${difference}: ${gapText(gap, summary)}; ${reason}`;
  return { claim, measure, difference, gap, outcome, because };
}

function judge(gap: PairedGap): readonly [Outcome, string] {
  const { n, low, high, missing } = gap;
  if (missing > 0) return ["undecided", `${missing} of ${n + missing} pairs have no value`];
  if (n < FEWEST_PAIRS || low === null || high === null) {
    return ["undecided", "too few seeds to tell"];
  }
  if (low > 0) return ["supports", "the interval lies above zero"];
  if (high < 0) return ["contradicts", "the interval lies below zero"];
  return ["undecided", "the interval holds zero"];
}

/** `+2.31 points [+1.90, +2.72], 95 % interval over n = 3 paired seeds`. */
function gapText(gap: PairedGap, summary: Pick<MeasureSummary, "unit" | "digits">): string {
  const { low, n, level } = gap;
  const pairs = pairedSeeds(n);
  const basis =
    low === null
      ? `no interval from ${pairs}`
      : `${Math.round(level * 100)} % interval over ${pairs}`;
  return `${gapNumbers(gap, summary)}, ${basis}`;
}

/** `n = 3 paired seeds`. */
export function pairedSeeds(n: number): string {
  return `n = ${n} paired seed${n === 1 ? "" : "s"}`;
}

/** `+2.31 points [+1.90, +2.72]`. */
export function gapNumbers(
  { mean, low, high }: PairedGap,
  summary: Pick<MeasureSummary, "unit" | "digits">,
): string {
  if (mean === null) return "no pair to compare";
  const value = `${signed(mean, summary)} ${unitText(summary.unit)}`;
  if (low === null || high === null) return value;
  return `${value} [${signed(low, summary)}, ${signed(high, summary)}]`;
}

/** A number as tables print it: grouped, with the measure's digits; shares in percent. */
export function formatMeasure(
  value: number,
  { unit, digits }: Pick<MeasureSummary, "unit" | "digits">,
): string {
  const shown = unit === "%" ? value * 100 : value;
  const text = Math.abs(shown).toLocaleString("en-US", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  const isZero = !/[1-9]/.test(text);
  return shown < 0 && !isZero ? `−${text}` : text;
}

function signed(value: number, summary: Pick<MeasureSummary, "unit" | "digits">): string {
  const text = formatMeasure(value, summary);
  return value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}

/** Differences of percentages are percentage points. */
function unitText(unit: string): string {
  return unit === "%" ? "points" : unit;
}

/**
 * The verdict on a claim with several parts, by a rule fixed for all studies that use it: without
 * a working intervention there is none; one contradicted part contradicts the whole; it is
 * supported if every part is.
 */
export function combineFindings(findings: readonly Finding[], check: InterventionCheck): Verdict {
  if (!check.passed) {
    return {
      outcome: "undecided",
      because: `the intervention did not do what it should: ${check.because}`,
      findings,
    };
  }
  const having = (outcome: Outcome): readonly Finding[] =>
    findings.filter((finding) => finding.outcome === outcome);
  const against = having("contradicts");
  const open = having("undecided");
  const outcome = against.length > 0 ? "contradicts" : open.length > 0 ? "undecided" : "supports";
  const deciding = { contradicts: against, undecided: open, supports: findings }[outcome];
  const parts = deciding.map(({ claim }) => `“${claim.replace(/\.$/, "")}”`).join(", ");
  const because = `${deciding.length} of ${findings.length} parts of the claim ${VERBS[outcome]}: ${parts}`;
  return { outcome, because, findings };
}

const VERBS = {
  supports: "hold",
  contradicts: "are contradicted",
  undecided: "are undecided",
} as const;
