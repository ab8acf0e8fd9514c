import type { InterventionCheck, RunResult } from "../../experiments/index.ts";
import type { UnitNoise } from "./dense-network.ts";
import { NOISE } from "./noise-probe.ts";

/** How many standard errors a share or a variance may be off: by chance once in two million. */
const ERRORS = 5;
/** Fewer values than this say nothing of a layer. */
const FEWEST = 500;

export interface ExpectedNoise {
  /** Of each random layer, from the input up; [] where there must be none. */
  readonly layers: readonly UnitNoise[];
}

/**
 * Did every random layer of every run do to its units what its arm says, and was there none where
 * there should be none? By the noise probe, over all of a run's observations: masks must drop the
 * share asked for, Gaussian factors drop nothing and have the variance asked for, to five standard
 * errors of as many draws.
 */
export function checkNoise(
  runs: readonly RunResult[],
  expected: (run: RunResult) => ExpectedNoise,
): InterventionCheck {
  const judged = runs.map((run) => errorsOf(run, expected(run).layers));
  const known = judged.flatMap((errors) => errors ?? []);
  const lost = judged.filter((errors) => errors === null).length;
  const worst = Math.max(0, ...known.map(({ errors }) => errors));
  const seen = known.reduce((sum, { count }) => sum + count, 0);
  const largest = Math.max(0, ...known.map(({ share }) => share));
  const missing =
    lost > 0
      ? `; ${lost} of ${runs.length} runs have not the random layers they should have, or too little was seen of them`
      : "";
  return {
    passed: runs.length > 0 && lost === 0 && worst <= ERRORS,
    because:
      `in ${known.length} random layers, over ${seen.toLocaleString("en-US")} draws, the share of units that came out as zero was within ${(largest * 100).toFixed(2)} points of what was asked for; ` +
      `share, or variance of Gaussian factors, was at most ${worst.toFixed(1)} standard errors of its draws away (allowed: ${ERRORS})${missing}`,
  };
}

interface LayerErrors {
  readonly count: number;
  /** Difference of the dropped share from what was asked for. */
  readonly share: number;
  /** Of the share or the variance, in standard errors. */
  readonly errors: number;
}

/** Null if the run has not as many random layers as it should, or they saw too few values. */
function errorsOf(
  { probes, outcome }: RunResult,
  layers: readonly UnitNoise[],
): readonly LayerErrors[] | null {
  const { values = {}, steps = [] } = probes[NOISE] ?? {};
  // A run that diverged was seen before it did; without any observation nothing is known.
  if (steps.length === 0) return outcome === "diverged" ? [] : null;
  const rows = (name: string): readonly (readonly number[])[] =>
    (values[name] ?? []).map((row) => (typeof row === "number" ? [row] : row));
  const counts = rows("count");
  if (counts.some((row) => row.length !== layers.length)) return null;
  const totals = layers.map((_, layer) => counts.reduce((sum, row) => sum + row[layer]!, 0));
  if (totals.some((total) => total < FEWEST)) return null;
  /** Mean over a layer's draws of all observations. */
  const pooled = (name: string, layer: number): number =>
    rows(name).reduce((sum, row, at) => sum + row[layer]! * counts[at]![layer]!, 0) /
    totals[layer]!;
  return layers.map(({ kind, keep }, layer) => {
    const count = totals[layer]!;
    const dropped = pooled("dropped", layer);
    if (kind === "bernoulli") {
      const share = Math.abs(dropped - (1 - keep));
      return { count, share, errors: share / Math.sqrt((keep * (1 - keep)) / count) };
    }
    const variance = (pooled("variance", layer) * keep) / (1 - keep);
    const errors = dropped === 0 ? Math.abs(variance - 1) / Math.sqrt(2 / count) : Infinity;
    return { count, share: dropped, errors };
  });
}
