/** A whole comparison: every arm on every pair, then the differences and the files. */
import { canonicalJson } from "../canonical-json.ts";
import { executeRun, type RunEvent, type RunServices } from "../execute-run.ts";
import { merge } from "../merge.ts";
import { shortHash, type RunDescription } from "../run-description.ts";
import type { RunResult } from "../study-result.ts";
import {
  bestArm,
  compareArms,
  meanOf,
  methodText,
  type ComparedRun,
  type ComparisonResult,
  type MeasureInfo,
} from "./comparison-result.ts";
import { checkSubject, comparisonRun, mainMeasure, measuresOf } from "./comparison-run.ts";
import { planRuns, type ComparedPlan, type ComparisonPlan } from "./plan-comparison.ts";
import type { ArmPlan } from "./arm-plan.ts";

export interface ComparisonOptions extends Omit<RunServices, "data"> {
  readonly version: string;
  /** The command that repeats it, for the report. */
  readonly command: string;
  /** Runs at a time. Defaults to *1*. */
  readonly concurrency?: number;
  /** Carries out one run. Defaults to *here, in this thread*. */
  readonly execute?: (description: RunDescription) => AsyncIterable<RunEvent>;
}

export type ComparisonEvent =
  | { readonly type: "round"; readonly runs: readonly ComparedPlan[]; readonly steps: number }
  | { readonly type: "run"; readonly plan: ComparedPlan; readonly event: RunEvent }
  | { readonly type: "aborted"; readonly finishedRuns: number; readonly runs: number }
  | { readonly type: "done"; readonly result: ComparisonResult; readonly location: string };

/**
 * Runs a comparison and says what happens as it happens. Finished runs are reused, interrupted ones
 * resumed, whichever comparison they were first made for. With halving, every round but the last
 * leaves arms behind, by their mean over all pairs. The last event is `done`, or `aborted`.
 *
 * Files:  `result.json` in the comparison's own folder.
 * Errors: whatever a run throws.
 */
export async function* runComparison(
  plan: ComparisonPlan,
  options: ComparisonOptions,
): AsyncGenerator<ComparisonEvent, void, undefined> {
  const started = performance.now();
  const measure = measureInfo(plan);
  const prunedAt = new Map<string, number>();
  const finished: ComparedRun[] = [];
  let reusedRuns = 0;
  let left = [...plan.arms];
  for (const [round, steps] of plan.rounds.entries()) {
    const runs = await planRuns(plan, left, steps, {
      backend: options.backend.name,
      version: options.version,
    });
    yield { type: "round", runs, steps };
    const results = new Map<string, RunResult>();
    for await (const event of carryOut(runs, plan, options)) {
      if (event.event.type === "result") results.set(event.plan.id, event.event.result);
      if (event.event.type === "reused") reusedRuns++;
      yield event;
    }
    if (results.size < runs.length) {
      yield { type: "aborted", finishedRuns: results.size, runs: runs.length };
      return;
    }
    const compared = runs.map(({ id, arm, seed, fold }): ComparedRun => ({
      arm: arm.id,
      seed,
      fold,
      result: results.get(id)!,
    }));
    const last = round === plan.rounds.length - 1;
    const kept = last ? left : survivors(left, compared, measure, plan);
    for (const arm of left) if (!kept.includes(arm)) prunedAt.set(arm.id, steps);
    finished.push(...compared.filter(({ arm }) => last || prunedAt.has(arm)));
    left = kept;
  }
  const seconds = (performance.now() - started) / 1000;
  const result = await resultOf(plan, options, {
    finished,
    prunedAt,
    measure,
    seconds,
    reusedRuns,
  });
  const folder = await options.store.open(result.id);
  await folder.writeText("result.json", `${JSON.stringify(result, null, 1)}\n`);
  yield { type: "done", result, location: folder.location };
}

async function* carryOut(
  runs: readonly ComparedPlan[],
  { data }: ComparisonPlan,
  options: ComparisonOptions,
): AsyncGenerator<Extract<ComparisonEvent, { type: "run" }>, void, undefined> {
  const { signal, concurrency = 1 } = options;
  const here = (description: RunDescription): AsyncIterable<RunEvent> => {
    const subject = checkSubject(description.subject, "compare");
    const pair = data.pairs.find((each) => each.data.hash === description.data.hash)!;
    return executeRun(comparisonRun(subject, description.arm), description, {
      ...options,
      data: pair.data,
    });
  };
  const { execute = here } = options;
  const jobs = runs.map(
    (plan) =>
      async function* () {
        if (signal?.aborted === true) return;
        for await (const event of execute(plan.description)) {
          yield { type: "run", plan, event } as const;
        }
      },
  );
  yield* merge(jobs, concurrency);
}

/** The best arms by their mean over all pairs, one in `halving`, and the baseline. */
function survivors(
  left: readonly ArmPlan[],
  runs: readonly ComparedRun[],
  { name, better }: MeasureInfo,
  { spec, baseline }: ComparisonPlan,
): ArmPlan[] {
  const sign = better === "higher" ? 1 : -1;
  const score = ({ id }: ArmPlan): number => {
    const own = runs.filter(({ arm }) => arm === id);
    const values = own.map(({ result }) => result.measures[name]?.value ?? null);
    // An arm that diverges in any pair is not one to spend more on.
    return values.includes(null) ? Number.NEGATIVE_INFINITY : sign * meanOf(values)!;
  };
  const others = left.filter(({ id }) => id !== baseline).toSorted((a, b) => score(b) - score(a));
  const kept = new Set(
    others.slice(0, Math.max(1, Math.ceil(others.length / (spec.halving ?? 2)))),
  );
  return left.filter((arm) => arm.id === baseline || kept.has(arm));
}

function measureInfo({ data }: ComparisonPlan): MeasureInfo {
  const name = mainMeasure(data.task);
  const { label, unit, digits } = measuresOf({ task: data.task, targetSd: 1 })[name]!;
  return { name, label, unit, digits, better: name === "accuracy" ? "higher" : "lower" };
}

interface Finished {
  readonly finished: readonly ComparedRun[];
  readonly prunedAt: ReadonlyMap<string, number>;
  readonly measure: MeasureInfo;
  readonly seconds: number;
  readonly reusedRuns: number;
}

async function resultOf(
  plan: ComparisonPlan,
  { version, command, backend, environment = {} }: ComparisonOptions,
  { finished, prunedAt, measure, seconds, reusedRuns }: Finished,
): Promise<ComparisonResult> {
  const { spec, data, arms: plans, baseline, steps } = plan;
  const { name, task, target, examples, classes, ratio, warnings } = data;
  const pairs = data.pairs.map(({ seed, fold }) => ({ seed, fold }));
  const arms = compareArms(plans, finished, { pairs, measure, baseline, ratio, prunedAt });
  const compared = arms.filter(({ difference }) => difference !== null).length;
  const ids = finished.map(({ result }) => result.id).toSorted();
  return {
    format: 1,
    id: `comparison-${await shortHash(canonicalJson([baseline, ...ids]))}`,
    spec,
    data: { name, task, target, examples, classes },
    steps,
    folds: new Set(pairs.map(({ fold }) => fold)).size,
    seeds: [...new Set(pairs.map(({ seed }) => seed))],
    pairs,
    measure,
    baseline,
    arms,
    plans,
    best: bestArm(arms, measure.better),
    method: methodText(ratio, compared, pairs.length),
    warnings,
    runs: finished,
    provenance: {
      command,
      backend: finished[0]?.result.backend ?? backend.description,
      version,
      environment,
      date: new Date().toISOString(),
      seconds,
      reusedRuns,
    },
  };
}
