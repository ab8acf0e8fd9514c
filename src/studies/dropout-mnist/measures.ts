import type { InterventionCheck, Measure, RunRecord, RunResult } from "../../experiments/index.ts";
import { checkNoise } from "../dropout-parts/check-noise.ts";
import { NORMS } from "../dropout-parts/column-norms.ts";
import { NOISE } from "../dropout-parts/noise-probe.ts";
import { lastNumbers } from "../dropout-parts/probe-numbers.ts";
import { KEEP_HIDDEN, KEEP_INPUT, MAX_NORM } from "../dropout-parts/recipe.ts";
import { testError } from "../dropout-parts/test-error.ts";
import { recipes, type DropoutMnistArm } from "./model.ts";

export type DropoutMnistMeasure = "test-error";

export const measures: Readonly<Record<DropoutMnistMeasure, Measure>> = { "test-error": testError };

/** The noise over a run and the norms at its end: what the check needs. */
export function keptProbes({ probes }: RunRecord): RunRecord["probes"] {
  return Object.fromEntries(
    Object.entries(probes).filter(([name]) => name === NOISE || name === NORMS),
  );
}

/** Rounding of an f32 norm. */
const BOUND = MAX_NORM * (1 + 1e-5);

/**
 * Did every random layer do what its arm says, did max-norm hold in every layer of every arm with
 * it, and was it needed: do networks of the arms without it have longer weights?
 */
export function checkMnist(runs: readonly RunResult[]): InterventionCheck {
  const noise = checkNoise(runs, (run) => {
    const { noise: kind } = recipes[run.arm as DropoutMnistArm];
    if (kind === null) return { layers: [] };
    // One random layer before every dense one.
    const dense = lastNumbers(run, NORMS, "largest").length;
    const keeps = [KEEP_INPUT, ...new Array<number>(Math.max(0, dense - 1)).fill(KEEP_HIDDEN)];
    return { layers: keeps.map((keep) => ({ kind, keep })) };
  });
  const longest = (bounded: boolean): number[] =>
    runs
      .filter(({ arm }) => recipes[arm as DropoutMnistArm].maxNorm === bounded)
      .flatMap((run) => {
        const norms = lastNumbers(run, NORMS, "largest");
        return norms.length === 0 ? [] : [Math.max(...norms)];
      });
  const [bounded, free] = [longest(true), longest(false)];
  const held = bounded.length > 0 && Math.max(...bounded) <= BOUND;
  const needed = free.length > 0 && Math.min(...free) > MAX_NORM;
  return {
    passed: noise.passed && held && needed,
    because:
      `${noise.because}; the longest weights into a unit had norm ${norm(Math.max(...bounded))} with max-norm (allowed: ${MAX_NORM}) ` +
      `and in every run without it at least ${norm(Math.min(...free))} (needed: more than ${MAX_NORM})`,
  };
}

function norm(value: number): string {
  return Number.isFinite(value) ? value.toFixed(3) : "unknown";
}
