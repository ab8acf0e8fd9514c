import type { InterventionCheck, Measure, RunRecord, RunResult } from "../../experiments/index.ts";
import { checkNoise } from "../dropout-parts/check-noise.ts";
import { NORMS } from "../dropout-parts/column-norms.ts";
import { NOISE } from "../dropout-parts/noise-probe.ts";
import { lastNumbers } from "../dropout-parts/probe-numbers.ts";
import { testError } from "../dropout-parts/test-error.ts";
import { choiceOf, type RateArm } from "./model.ts";

export type RateMeasure = "test-error" | "training-error";

/** Its name among a run's probes. */
export const TRAINING = "training";

export const measures: Readonly<Record<RateMeasure, Measure>> = {
  "test-error": testError,
  "training-error": {
    label: "Training error",
    unit: "%",
    definition:
      "Share of the run’s own training digits classified wrongly after the last step, with all units and no noise.",
    digits: 2,
    of: (record) => ({
      value:
        record.outcome === "finished" ? (lastNumbers(record, TRAINING, "error")[0] ?? null) : null,
      atLeast: false,
    }),
  },
};

export function keptProbes({ probes }: RunRecord): RunRecord["probes"] {
  const names: ReadonlySet<string> = new Set([NOISE, NORMS, TRAINING]);
  return Object.fromEntries(Object.entries(probes).filter(([name]) => names.has(name)));
}

/** Was the arm's share of units dropped in every hidden layer, and none of the inputs? */
export function checkRates(runs: readonly RunResult[]): InterventionCheck {
  return checkNoise(runs, (run) => {
    const { keep } = choiceOf(run.arm as RateArm);
    const hidden = Math.max(0, lastNumbers(run, NORMS, "largest").length - 1);
    const keeps = keep === 1 ? [] : new Array<number>(hidden).fill(keep);
    return { layers: keeps.map((each) => ({ kind: "bernoulli", keep: each })) };
  });
}
