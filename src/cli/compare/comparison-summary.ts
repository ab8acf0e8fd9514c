/** A comparison's result on one screen, and as the one JSON object of `--json`. */
import {
  comparisonSentence,
  showGap,
  showMeasure,
  type ArmResult,
  type ComparisonResult,
  type StepCosts,
} from "../../experiments/index.ts";
import { textTable } from "../text-table.ts";
import { showSeconds } from "../units.ts";

export interface ComparisonPlace {
  readonly threads: number;
  readonly folder: string;
  readonly report: string;
  /** The folder of the saved model; null if there is none. */
  readonly model: string | null;
}

export function comparisonJson(
  result: ComparisonResult,
  costs: StepCosts,
  place: ComparisonPlace,
): object {
  const { runs, plans, ...rest } = result;
  return {
    ...rest,
    sentence: comparisonSentence(result, costs),
    msPerStep: Object.fromEntries(costs),
    plans,
    runs: runs.map(({ arm, seed, fold, result: run }) => ({
      id: run.id,
      arm,
      seed,
      fold,
      step: run.step,
      outcome: run.outcome,
      divergence: run.divergence,
      measures: run.measures,
      seconds: run.seconds,
    })),
    ...place,
  };
}

export function comparisonSummary(
  result: ComparisonResult,
  costs: StepCosts,
  { report, model }: ComparisonPlace,
  strong: (text: string) => string,
): string {
  const { measure, provenance, runs, method, steps, pairs } = result;
  const unit = measure.unit === "%" ? "%" : measure.unit;
  const best = result.arms.find(({ id }) => id === result.best)!;
  return [
    `${measure.label} (${unit}), after ${steps} steps, means over ${pairs.length} pairs`,
    armTable(result, costs),
    intervalPlot(result),
    strong(comparisonSentence(result, costs)),
    `method: ${method}.`,
    [
      `${runs.length} runs, ${provenance.reusedRuns} of them done before; ${provenance.backend}; ${showSeconds(provenance.seconds)}`,
      `report: ${report}`,
      ...(model === null
        ? []
        : [`model: ${model} (${best.label}, the best mean; see evenkeel predict)`]),
    ].join("\n"),
  ].join("\n\n");
}

function armTable(result: ComparisonResult, costs: StepCosts): string {
  const { measure, arms, baseline } = result;
  const heading = [
    "  arm",
    "mean",
    `minus ${labelOf(result, baseline)}`,
    "interval",
    "finding",
    "ms/step",
    "diverged",
  ];
  const rows = arms.map((arm) => {
    const { difference, diverged } = arm;
    const cost = costs.get(arm.id);
    const ends =
      difference === null || difference.low === null
        ? "-"
        : `[${showGap(difference.low, measure)}, ${showGap(difference.high, measure)}]`;
    return [
      `  ${arm.label}`,
      showMeasure(arm.mean, measure),
      showGap(difference?.mean ?? null, measure),
      ends,
      findingText(arm, baseline),
      cost === undefined ? "-" : cost.toPrecision(3),
      String(diverged),
    ];
  });
  return textTable([heading, ...rows]);
}

function labelOf({ arms }: ComparisonResult, id: string): string {
  return arms.find((arm) => arm.id === id)!.label;
}

function findingText({ id, difference, prunedAt }: ArmResult, baseline: string): string {
  if (id === baseline) return "the baseline";
  if (prunedAt !== null) return `left behind after ${prunedAt} steps`;
  return difference?.finding ?? "-";
}

const PLOT_WIDTH = 44;

/** Each arm's interval as a line of text; the bar is zero, no difference. */
function intervalPlot({ arms, measure }: ComparisonResult): string {
  const shown = arms.flatMap((arm) => {
    const { difference } = arm;
    if (difference === null || difference.low === null) return [];
    return [{ label: arm.label, ...difference, low: difference.low, high: difference.high! }];
  });
  if (shown.length === 0) return "  no intervals: fewer than two pairs";
  const low = Math.min(0, ...shown.map((each) => each.low));
  const high = Math.max(0, ...shown.map((each) => each.high));
  const place = (value: number): number =>
    high === low ? 0 : Math.round(((value - low) / (high - low)) * (PLOT_WIDTH - 1));
  const width = Math.max(...shown.map(({ label }) => label.length));
  const lines = shown.map(({ label, low: left, high: right, mean }) => {
    const cells = Array.from({ length: PLOT_WIDTH }, (_, at) => {
      if (at === place(mean!)) return "o";
      if (at === place(0)) return "|";
      return at >= place(left) && at <= place(right) ? "-" : " ";
    });
    return `  ${label.padEnd(width)}  ${cells.join("").trimEnd()}`;
  });
  const left = showGap(low, measure);
  const scale = `${left}${showGap(high, measure).padStart(PLOT_WIDTH - left.length)}`;
  return [...lines, `  ${" ".repeat(width)}  ${scale}`].join("\n");
}
