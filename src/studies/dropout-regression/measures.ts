import type { InterventionCheck, Measure, RunRecord, RunResult } from "../../experiments/index.ts";
import { lastNumbers } from "../dropout-parts/probe-numbers.ts";
import { KEEP } from "./compare.ts";

export type RegressionMeasure =
  | "formula-loss"
  | "formula-minimiser"
  | "ridge"
  | "line-3-loss"
  | "line-4-loss"
  | "draws"
  | "learned-formula"
  | "learned-line-3"
  | "learned-line-4";

/** Names of the probes. */
export const FORMULAS = "formulas";
export const DRAWS = "draws";
export const LEARNED = "learned";

const TINY = { unit: "", digits: 1, notation: "scientific" } as const;
const SHARE = { unit: "%", digits: 2 };

export const measures: Readonly<Record<RegressionMeasure, Measure>> = {
  "formula-loss": {
    ...TINY,
    label: "Formula against all masks: loss",
    definition:
      "Largest relative difference, over keep probabilities 0.1, 0.2, … 1, between the paper’s formula and the mean loss over all 256 masks of every row, at the weights that minimise the latter.",
    of: (record) => measured(record, largest(lossGaps(record, "formula"))),
  },
  "formula-minimiser": {
    ...TINY,
    label: "Closed form against all masks: minimiser",
    definition:
      "Largest relative distance, over the same keep probabilities, between the closed form and the weights that minimise the mean loss over all masks.",
    of: (record) => measured(record, largest(lastNumbers(record, FORMULAS, "formula-apart"))),
  },
  ridge: {
    ...TINY,
    label: "Equal columns: closed form against ridge",
    definition:
      "With the columns scaled to squared norm n: largest relative distance, over the same keep probabilities, between keep times the closed form and ridge regression of strength n (1 − keep) / keep.",
    of: (record) => measured(record, largest(lastNumbers(record, FORMULAS, "ridge"))),
  },
  "line-3-loss": lineMeasure("line-3", "keep ‖Xw‖², no diagonal"),
  "line-4-loss": lineMeasure("line-4", "‖y − Xw‖² + (1 − p) ‖w‖²"),
  draws: {
    ...SHARE,
    label: "The layer’s own masks: loss",
    definition: `Relative difference between the mean loss over masks that the dropout layer drew at keep ${KEEP} and that over all masks, without sign.`,
    of(record) {
      const [drawn, exact] = ["drawn", "enumerated"].map(
        (name) => lastNumbers(record, DRAWS, name)[0],
      );
      if (drawn === undefined || exact === undefined) return measured(record, null);
      return measured(record, Math.abs(drawn - exact) / exact);
    },
  },
  "learned-formula": learnedMeasure("formula", "the closed form", "keep times the closed form"),
  "learned-line-3": learnedMeasure("line-3", "line 3", eitherOf("line 3")),
  "learned-line-4": learnedMeasure("line-4", "line 4", eitherOf("line 4")),
};

function lineMeasure(line: "line-3" | "line-4", text: string): Measure {
  const name = line.replace("-", " ");
  return {
    ...SHARE,
    label: `${capital(name)} against all masks: loss`,
    definition: `Mean over keep probabilities 0.1, 0.2, … 0.9 of the relative difference, without sign, between ${name} of the derivation that circulates (${text}) and the mean loss over all masks, at the weights that minimise the latter.`,
    of(record) {
      const gaps = lossGaps(record, line).slice(0, -1);
      const sum = gaps.reduce((total, gap) => total + gap, 0);
      return measured(record, gaps.length === 0 ? null : sum / gaps.length);
    },
  };
}

function learnedMeasure(objective: string, short: string, text: string): Measure {
  return {
    ...SHARE,
    label: `Learned weights against ${short}`,
    definition: `Relative distance of the weights that gradient descent with the dropout layer learned at keep ${KEEP} (their mean over the second half of the steps) from ${text}.`,
    of: (record) =>
      measured(record, lastNumbers(record, LEARNED, `${objective}-distance`)[0] ?? null),
  };
}

function eitherOf(line: string): string {
  return `the minimiser of ${line} or keep times it, whichever is nearer`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function measured(record: RunRecord, value: number | null): ReturnType<Measure["of"]> {
  return { value: record.outcome === "finished" ? value : null, atLeast: false };
}

function largest(gaps: readonly number[]): number | null {
  return gaps.length === 0 ? null : Math.max(...gaps);
}

function lossGaps(record: RunRecord, objective: string): readonly number[] {
  const exact = lastNumbers(record, FORMULAS, "enumerated");
  return lastNumbers(record, FORMULAS, objective).map(
    (loss, at) => Math.abs(loss - exact[at]!) / exact[at]!,
  );
}

/** How far the share of kept inputs may be from `keep`. */
const KEPT_WITHIN = 0.01;
/** How far the learned weights must at least be from those without dropout. */
const MOVED_ABOVE = 0.05;

/** Did the layer drop the share it should, and did that move the weights away from least squares? */
export function checkMasks(runs: readonly RunResult[]): InterventionCheck {
  const shares = runs.flatMap((run) => lastNumbers(run, DRAWS, "kept"));
  const moves = runs.flatMap((run) => lastNumbers(run, LEARNED, "least-squares-distance"));
  const complete = runs.length > 0 && shares.length === runs.length && moves.length === runs.length;
  const worst = complete ? Math.max(...shares.map((share) => Math.abs(share - KEEP))) : NaN;
  const least = complete ? Math.min(...moves) : NaN;
  return {
    passed: worst <= KEPT_WITHIN && least >= MOVED_ABOVE,
    because:
      `the layer kept ${percent(KEEP)} of the inputs to within ${points(worst)} in every run (allowed: ${points(KEPT_WITHIN)}), ` +
      `and the learned weights were always at least ${percent(least)} away from those of least squares (needed: ${percent(MOVED_ABOVE)})`,
  };
}

function percent(share: number): string {
  return Number.isFinite(share) ? `${Math.round(share * 100)} %` : "an unknown share";
}

function points(share: number): string {
  return Number.isFinite(share) ? `${(share * 100).toFixed(2)} points` : "an unknown amount";
}
