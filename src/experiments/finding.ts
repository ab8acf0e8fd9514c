/** Judging one part of a claim by the 95 % interval of paired differences, by rules fixed for all studies. */
import { OptionError } from "../base/errors.ts";
import { bootstrapInterval } from "./bootstrap.ts";
import { numbersWithBasis, withDifferenceUnit } from "./finding-text.ts";
import { FEWEST_PAIRS, pairedGap, pairedValues, type PairedGap } from "./statistics.ts";
import type { Finding, InterventionCheck, Outcome, Verdict } from "./study-parts.ts";
import type { MeasureSummary } from "./study-result.ts";

export interface FindingOptions {
  /** The part of the claim, as a sentence. */
  readonly claim: string;
  /** Id of the measure. */
  readonly measure: string;
  readonly summary: MeasureSummary;
  /** Ids of the arms; second is subtracted from first. */
  readonly first: string;
  readonly second: string;
  /** What is subtracted, in words: `without − with batch normalization`. */
  readonly difference: string;
}

/**
 * Judges "first is larger than second": supported if the interval of first − second lies above
 * zero, contradicted if below. Undecided if it holds zero, rests on fewer than three pairs, would
 * rest on runs without a value (they diverged), or on lower bounds of the side that counts. From
 * ten pairs on the bootstrap interval must say the same.
 */
export function findLarger(options: FindingOptions): Finding {
  return judgeGap(options, "larger");
}

/** Judges "first is smaller than second": as `findLarger` with the signs turned. */
export function findSmaller(options: FindingOptions): Finding {
  return judgeGap(options, "smaller");
}

/**
 * Judges "first and second differ by no more than `margin`", in the measure's own unit: supported
 * if the whole interval lies in [−margin, margin], contradicted if all of it lies outside,
 * undecided if it reaches over an end. A wide interval is no evidence of equality.
 *
 * Errors: OptionError unless margin is positive.
 */
export function findWithin(options: FindingOptions & { readonly margin: number }): Finding {
  const { margin, summary } = options;
  if (!(margin > 0)) {
    throw new OptionError(`findWithin: margin must be positive, got ${margin}`);
  }
  const shown = `± ${withDifferenceUnit(margin, summary)}`;
  return judged(options, (gap, [low, high]) => {
    const bounded = lowerBounds(options.summary, [options.first, options.second]);
    if (bounded !== null) return ["undecided", bounded];
    if (low >= -margin && high <= margin) return ["supports", `the interval lies within ${shown}`];
    if (low > margin || high < -margin) {
      return ["contradicts", `the interval lies outside ${shown}`];
    }
    return ["undecided", `the interval reaches beyond ${shown}`];
  });
}

type Judgement = readonly [Outcome, string];

function judgeGap(options: FindingOptions, wanted: "larger" | "smaller"): Finding {
  const { summary, first, second } = options;
  const [above, below]: readonly Outcome[] =
    wanted === "larger" ? ["supports", "contradicts"] : ["contradicts", "supports"];
  return judged(options, (gap, [low, high]) => {
    // A run that never got there is at least so large: fair to the smaller side only.
    if (low > 0) {
      const bounded = lowerBounds(summary, [second]);
      return bounded === null
        ? [above!, "the interval lies above zero"]
        : ["undecided", `the interval lies above zero, but ${bounded}`];
    }
    if (high < 0) {
      const bounded = lowerBounds(summary, [first]);
      return bounded === null
        ? [below!, "the interval lies below zero"]
        : ["undecided", `the interval lies below zero, but ${bounded}`];
    }
    const bounded = lowerBounds(summary, [first, second]);
    const note = bounded === null ? "" : `; ${bounded}`;
    return ["undecided", `the interval holds zero${detectable(gap, summary)}${note}`];
  });
}

function judged(
  options: FindingOptions,
  judge: (gap: PairedGap, ends: readonly [number, number]) => Judgement,
): Finding {
  const { claim, measure, summary, first, second, difference } = options;
  const [one, other] = [first, second].map((arm) => armOf(summary, arm, measure).perSeed);
  const plain = pairedGap(one!, other!);
  const bootstrap = bootstrapInterval(pairedValues(one!, other!));
  const gap: PairedGap = { ...plain, ...(bootstrap && { bootstrap }) };
  const [outcome, reason] = judgeEnds(gap, summary, [first, second], (ends) => judge(gap, ends));
  const because = `${difference}: ${numbersWithBasis(gap, summary, true)}; ${reason}`;
  return { claim, measure, difference, gap, outcome, because };
}

/** What every rule asks before it looks at the interval. */
export function judgeEnds(
  { n, low, high, missing, bootstrap }: PairedGap,
  summary: MeasureSummary,
  arms: readonly string[],
  judge: (ends: readonly [number, number]) => Judgement,
): Judgement {
  if (missing > 0) {
    const things = arms.length > 1 ? "pairs" : "runs";
    const lost = arms.flatMap((arm) => {
      const count = Object.values(summary.arms[arm]!.perSeed).filter((value) => value === null);
      return count.length === 0 ? [] : [`${arm}: ${count.length}`];
    });
    return [
      "undecided",
      `${missing} of ${n + missing} ${things} have no value (${lost.join(", ")})`,
    ];
  }
  if (n < FEWEST_PAIRS || low === null || high === null) {
    return ["undecided", "too few seeds to tell"];
  }
  const judgement = judge([low, high]);
  if (bootstrap === undefined || judgement[0] === "undecided") return judgement;
  const [other] = judge([bootstrap.low, bootstrap.high]);
  if (other === judgement[0]) return judgement;
  return ["undecided", `${judgement[1]}, but the bootstrap interval does not agree`];
}

/** Says that runs of these arms are lower bounds only; null if none is. */
function lowerBounds({ arms }: MeasureSummary, ids: readonly string[]): string | null {
  const parts = ids.flatMap((id) => {
    const { atLeast, perSeed } = arms[id]!;
    return atLeast === 0 ? [] : [`${atLeast} of ${Object.keys(perSeed).length} runs of ${id}`];
  });
  return parts.length === 0 ? null : `${parts.join(" and ")} never got there: a lower bound only`;
}

/** The half-width is the smallest mean difference whose interval, at this spread, leaves zero out. */
function detectable({ low, high, n }: PairedGap, summary: MeasureSummary): string {
  if (low === null || high === null || high === low) return "";
  const half = withDifferenceUnit((high - low) / 2, summary);
  return `: with n = ${n} and this spread a difference of at least ${half} could have been seen`;
}

/** Errors: OptionError for an arm the measure does not have. */
export function armOf(
  { arms }: MeasureSummary,
  arm: string,
  measure: string,
): MeasureSummary["arms"][string] {
  const found = arms[arm];
  if (found !== undefined) return found;
  const known = Object.keys(arms).join(", ");
  throw new OptionError(`finding on "${measure}": arm must be one of ${known}, got "${arm}"`);
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
