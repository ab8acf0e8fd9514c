/** What a comparison found: each arm against the baseline, pair by pair. Plain data, pure functions. */
import type { RunResult, Provenance } from "../study-result.ts";
import { correctedDifference, halfWidth, holmSteps } from "./corrected-interval.ts";
import type { ArmPlan } from "./arm-plan.ts";
import type { CompareSpec } from "./compare-spec.ts";

/** What two arms share: first weights and batch order by the seed, rows by seed and fold. */
export interface Pair {
  readonly seed: number;
  /** From 0. */
  readonly fold: number;
}

/** One run's part in the comparison. */
export interface ComparedRun extends Pair {
  readonly arm: string;
  readonly result: RunResult;
}

export interface ArmResult {
  readonly id: string;
  readonly label: string;
  /** The measure of each pair, null where the run diverged. */
  readonly values: readonly (number | null)[];
  readonly mean: number | null;
  readonly diverged: number;
  /** Steps per run after which the arm was left behind; null if it came through. */
  readonly prunedAt: number | null;
  /** Against the baseline; null for the baseline itself and for an arm left behind. */
  readonly difference: ArmDifference | null;
}

export interface ArmDifference {
  /** Pairs in which neither run diverged. */
  readonly n: number;
  /** Mean of arm − baseline, in the measure's unit. */
  readonly mean: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Coverage of this interval alone. */
  readonly level: number;
  readonly probability: number | null;
  readonly finding: "better" | "worse" | "not distinguishable" | "too few pairs";
  /** A difference smaller than this could not have been told from chance. */
  readonly smallest: number | null;
}

export interface MeasureInfo {
  readonly name: string;
  readonly label: string;
  readonly unit: string;
  readonly digits: number;
  readonly better: "higher" | "lower";
}

export interface ComparisonResult {
  readonly format: 1;
  readonly id: string;
  readonly spec: CompareSpec;
  readonly data: {
    readonly name: string;
    readonly task: "classification" | "regression";
    readonly target: string;
    readonly examples: number;
    readonly classes: number | null;
  };
  readonly steps: number;
  readonly folds: number;
  readonly seeds: readonly number[];
  readonly pairs: readonly Pair[];
  readonly measure: MeasureInfo;
  readonly baseline: string;
  readonly arms: readonly ArmResult[];
  readonly plans: readonly ArmPlan[];
  /** The arm with the best mean. */
  readonly best: string;
  /** How intervals were made, in words. */
  readonly method: string;
  readonly warnings: readonly string[];
  readonly runs: readonly ComparedRun[];
  readonly provenance: Provenance;
}

/** All intervals together hold with this probability. */
const JOINT_LEVEL = 0.95;
/** Fewer pairs say nothing of their own scatter. */
const FEWEST_PAIRS = 3;

/**
 * Each arm's values and its difference from the baseline, corrected for folds that share training
 * rows (`ratio` = tested / trained; 0 if the split is one and the same) and for the number of arms.
 */
export function compareArms(
  plans: readonly Pick<ArmPlan, "id" | "label">[],
  runs: readonly ComparedRun[],
  { pairs, measure, baseline, ratio, prunedAt }: CompareOptions,
): ArmResult[] {
  const keyOf = (arm: string, { seed, fold }: Pair): string => `${seed} ${fold} ${arm}`;
  const found = new Map(runs.map((run) => [keyOf(run.arm, run), run.result]));
  const valuesOf = (arm: string): (number | null)[] =>
    pairs.map((pair) => found.get(keyOf(arm, pair))?.measures[measure.name]?.value ?? null);
  const base = valuesOf(baseline);
  const tested = plans.map(({ id }) => {
    if (id === baseline || prunedAt.has(id)) return null;
    const values = valuesOf(id);
    const gaps = values.flatMap((value, i) => {
      const other = base[i] ?? null;
      return value === null || other === null ? [] : [value - other];
    });
    return correctedDifference(gaps, ratio);
  });
  const holm = holmSteps(
    tested.map((each) => (each === null || each.n < FEWEST_PAIRS ? null : each.probability)),
    1 - JOINT_LEVEL,
  );
  return plans.map(({ id, label }, i): ArmResult => {
    const values = valuesOf(id);
    const own = runs.filter((run) => run.arm === id);
    const test = tested[i] ?? null;
    return {
      id,
      label,
      values,
      mean: meanOf(values),
      diverged: own.filter(({ result }) => result.outcome === "diverged").length,
      prunedAt: prunedAt.get(id) ?? null,
      difference: test === null ? null : differenceOf(test, holm[i]!, measure.better),
    };
  });
}

export interface CompareOptions {
  readonly pairs: readonly Pair[];
  readonly measure: MeasureInfo;
  readonly baseline: string;
  readonly ratio: number;
  readonly prunedAt: ReadonlyMap<string, number>;
}

function differenceOf(
  test: ReturnType<typeof correctedDifference>,
  { level, rejected }: { readonly level: number; readonly rejected: boolean },
  better: MeasureInfo["better"],
): ArmDifference {
  const { n, mean, probability } = test;
  const half = halfWidth(test, level);
  const known = mean !== null && half !== null;
  const up = mean !== null && mean > 0;
  let finding: ArmDifference["finding"] = "not distinguishable";
  if (n < FEWEST_PAIRS) finding = "too few pairs";
  else if (rejected) finding = up === (better === "higher") ? "better" : "worse";
  return {
    n,
    mean,
    low: known ? mean - half : null,
    high: known ? mean + half : null,
    level,
    probability,
    finding,
    smallest: half,
  };
}

/** Over the runs that have a value; null without one. */
export function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.flatMap((value) => value ?? []);
  if (known.length === 0) return null;
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}

/** The arm with the best mean among those that came through; of equal ones the first. */
export function bestArm(arms: readonly ArmResult[], better: MeasureInfo["better"]): string {
  const sign = better === "higher" ? 1 : -1;
  const through = arms.filter(({ prunedAt, mean }) => prunedAt === null && mean !== null);
  const [first = arms[0]!] = through.toSorted((a, b) => sign * (b.mean! - a.mean!));
  return first.id;
}

/** How the intervals were made, in words; `compared` arms were held against the baseline. */
export function methodText(ratio: number, compared: number, pairs: number): string {
  const interval =
    ratio === 0
      ? "paired t-intervals over seeds on one split: they hold for this test set, not for other rows"
      : `paired t-intervals with the correction of Nadeau and Bengio (2003) for splits that share rows (tested/trained = ${ratio.toFixed(2)})`;
  const joint =
    compared > 1
      ? `, jointly at ${100 * JOINT_LEVEL} % over ${compared} arms by Holm's procedure`
      : ` at ${100 * JOINT_LEVEL} %`;
  return `${interval}${joint}; n = ${pairs} pairs that share seed, rows, first weights and batch order`;
}
