/** What a training step of each arm costs here, and so what a comparison will take. */
import { buildNetwork, type ComparisonPlan, type StepCosts } from "../../experiments/index.ts";
import type { Backend } from "../../run/backend.ts";
import { measureCost } from "../measure-cost.ts";

/** More arms than this are not all timed: those of one batch size stand for the others. */
const MOST_TIMED = 24;
const ROUNDS = 3;
const MILLISECONDS = 25;

/**
 * Milliseconds per training step by arm, in alternating rounds on this thread; of a long list the
 * first arms and those in `wanted` only.
 */
export async function armCosts(
  { arms, data }: Pick<ComparisonPlan, "arms" | "data">,
  backend: Backend,
  wanted: ReadonlySet<string> = new Set(),
): Promise<StepCosts> {
  const { shape } = data.pairs[0]!.data.train;
  const classes = data.classes ?? 1;
  const timed = arms.filter(({ id }, index) => index < MOST_TIMED || wanted.has(id));
  const costs = new Map<string, number>();
  for (const batchSize of new Set(timed.map((arm) => arm.batchSize))) {
    const own = timed.filter((arm) => arm.batchSize === batchSize);
    const models = new Map(own.map((arm) => [arm.id, buildNetwork(arm.layers, shape, classes)]));
    const measured = await measureCost(models, {
      batchSize,
      inputShape: shape,
      classes,
      backend,
      rounds: ROUNDS,
      milliseconds: MILLISECONDS,
    });
    for (const [id, { msPerStep }] of measured) {
      costs.set(id, msPerStep.toSorted((a, b) => a - b)[Math.floor(msPerStep.length / 2)]!);
    }
  }
  return costs;
}

/** Beside its steps, a run is traced, compiled, evaluated and written. */
const OVERHEAD = 1.15;

/** Seconds that all runs take, `threads` at a time. Arms that were not timed count as the mean. */
export function projectedSeconds(
  { arms, data, rounds, spec }: ComparisonPlan,
  costs: StepCosts,
  threads: number,
): number {
  const usual = [...costs.values()].reduce((sum, ms) => sum + ms, 0) / costs.size;
  const perStep = arms.reduce((sum, arm) => sum + (costs.get(arm.id) ?? usual), 0);
  let share = 1;
  let seconds = 0;
  for (const steps of rounds) {
    seconds += (share * perStep * steps * data.pairs.length) / 1000;
    share /= spec.halving ?? 1;
  }
  return (OVERHEAD * seconds) / threads;
}

/**
 * Steps per run that fit into `minutes`, rounded down to 1, 1.5, 2, 3, 5 or 7 times a power of ten:
 * another call on the same machine asks for the same runs, and finds them.
 */
export function stepsFor(
  minutes: number,
  plan: ComparisonPlan,
  costs: StepCosts,
  threads: number,
): number {
  const possible = Math.floor((plan.steps * 60 * minutes) / projectedSeconds(plan, costs, threads));
  const power = 10 ** Math.floor(Math.log10(Math.max(1, possible)));
  const factor = [7, 5, 3, 2, 1.5].find((each) => each * power <= possible) ?? 1;
  return Math.max(1, Math.floor(factor * power));
}
