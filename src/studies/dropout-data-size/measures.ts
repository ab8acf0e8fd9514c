import type { InterventionCheck, Measure, RunRecord, RunResult } from "../../experiments/index.ts";
import { checkNoise } from "../dropout-parts/check-noise.ts";
import { NORMS } from "../dropout-parts/column-norms.ts";
import { NOISE } from "../dropout-parts/noise-probe.ts";
import { lastNumbers } from "../dropout-parts/probe-numbers.ts";
import { KEEP_HIDDEN, KEEP_INPUT } from "../dropout-parts/recipe.ts";
import { testError } from "../dropout-parts/test-error.ts";
import { choiceOf, type DataSizeArm } from "./model.ts";

export type DataSizeMeasure = "test-error";

export const measures: Readonly<Record<DataSizeMeasure, Measure>> = { "test-error": testError };

export function keptProbes({ probes }: RunRecord): RunRecord["probes"] {
  return Object.fromEntries(
    Object.entries(probes).filter(([name]) => name === NOISE || name === NORMS),
  );
}

/** Were units dropped as they should be, with dropout and only with it? */
export function checkDataSize(runs: readonly RunResult[]): InterventionCheck {
  return checkNoise(runs, (run) => {
    if (choiceOf(run.arm as DataSizeArm).method === "without") return { layers: [] };
    const dense = lastNumbers(run, NORMS, "largest").length;
    const keeps = [KEEP_INPUT, ...new Array<number>(Math.max(0, dense - 1)).fill(KEEP_HIDDEN)];
    return { layers: keeps.map((keep) => ({ kind: "bernoulli", keep })) };
  });
}
