import { showLayers, type ComparisonPlan, type StepCosts } from "../../experiments/index.ts";
import type { Output } from "../output.ts";
import { textTable } from "../text-table.ts";
import { showCount, showSeconds } from "../units.ts";

export interface Projection {
  readonly threads: number;
  readonly seconds: number;
}

/** Says what a comparison would do and how long it would take, and does nothing of it. */
export function dryRun(
  { arms, data, steps, rounds, spec }: ComparisonPlan,
  costs: StepCosts,
  { threads, seconds }: Projection,
  output: Output,
): void {
  const pairs = data.pairs.length;
  let left = arms.length;
  const perRound = rounds.map((each) => {
    const runs = left * pairs;
    left = Math.max(2, Math.ceil(left / (spec.halving ?? 1)));
    return { steps: each, runs };
  });
  const runs = perRound.reduce((sum, round) => sum + round.runs, 0);
  const rows = arms.map(({ id, label, layers, optimizer, batchSize }) => [
    `  ${label}`,
    costs.get(id)?.toPrecision(3) ?? "-",
    `${optimizer.name} ${optimizer.learningRate}`,
    String(batchSize),
    showLayers(layers),
  ]);
  output.result(
    {
      arms: arms.map((arm) => ({ ...arm, msPerStep: costs.get(arm.id) ?? null })),
      pairs: data.pairs.map(({ seed, fold }) => ({ seed, fold })),
      steps,
      rounds: perRound,
      runs,
      threads,
      projectedSeconds: seconds,
    },
    [
      textTable([["  arm", "ms/step", "optimizer", "batch", "layers"], ...rows]),
      "",
      `${showCount(runs)} runs (${arms.length} arms, ${pairs} pairs${rounds.length > 1 ? `, ${rounds.length} rounds` : ""}) of ${showCount(steps)} steps, ${threads} at a time: about ${showSeconds(seconds)}`,
    ].join("\n"),
  );
}
