import type { InterventionCheck, RunResult } from "../../experiments/index.ts";
import type { UnitNoise } from "./dense-network.ts";
import { NOISE } from "./noise-probe.ts";

/** How far the share of dropped units may be from what was asked for, averaged over a run. */
const SHARE_WITHIN = 0.01;
/** How far the factors' variance may be, relative to (1 − keep) / keep. */
const VARIANCE_WITHIN = 0.05;

export interface ExpectedNoise {
  /** Of each random layer, from the input up; [] where there must be none. */
  readonly layers: readonly UnitNoise[];
}

/**
 * Did every random layer of every run do to its units what its arm says, and was there none where
 * there should be none? By the noise probe, averaged over a run's observations.
 */
export function checkNoise(
  runs: readonly RunResult[],
  expected: (run: RunResult) => ExpectedNoise,
): InterventionCheck {
  const judged = runs.map((run) => errorsOf(run, expected(run).layers));
  const known = judged.flatMap((errors) => errors ?? []);
  const complete = runs.length > 0 && !judged.includes(null);
  const share = Math.max(0, ...known.map((error) => error.share));
  const variance = Math.max(0, ...known.map((error) => error.variance));
  const passed = complete && share <= SHARE_WITHIN && variance <= VARIANCE_WITHIN;
  const lost = judged.filter((errors) => errors === null).length;
  const missing =
    lost > 0 ? `; ${lost} of ${runs.length} runs have not the random layers they should have` : "";
  return {
    passed,
    because:
      `over ${known.length} random layers, the share of units that came out as zero was never more than ${points(share)} from what was asked for (allowed: ${points(SHARE_WITHIN)}), ` +
      `and the variance of what units are multiplied with never more than ${percent(variance)} from (1 − p) / p of its mean’s square (allowed: ${percent(VARIANCE_WITHIN)})${missing}`,
  };
}

interface NoiseErrors {
  readonly share: number;
  readonly variance: number;
}

/** Null if the run has not as many random layers as it should. */
function errorsOf(
  { probes, outcome }: RunResult,
  layers: readonly UnitNoise[],
): readonly NoiseErrors[] | null {
  const { values = {}, steps = [] } = probes[NOISE] ?? {};
  // A run that diverged was seen before it did; without any observation nothing is known.
  if (steps.length === 0) return outcome === "diverged" ? [] : null;
  const [dropped, means, variances] = ["dropped", "mean", "variance"].map((name) =>
    meanRow(values[name] ?? []),
  );
  if (dropped!.length !== layers.length) return null;
  return layers.map(({ kind, keep }, at) => ({
    share: Math.abs(dropped![at]! - (kind === "bernoulli" ? 1 - keep : 0)),
    // Relative to the mean, so that it is the same whether or not kept units are scaled.
    variance: Math.abs((variances![at]! / means![at]! ** 2) * (keep / (1 - keep)) - 1),
  }));
}

function meanRow(rows: readonly (readonly number[] | number)[]): number[] {
  const lists = rows.filter((row) => typeof row !== "number");
  const [first = []] = lists;
  return first.map((_, at) => lists.reduce((sum, row) => sum + row[at]!, 0) / lists.length);
}

function points(share: number): string {
  return `${(share * 100).toFixed(2)} points`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
