import type { MemberTree, Module } from "../nn/index.ts";
import type { Session } from "../run/backend.ts";
import type { Breather } from "./breather.ts";
import { compileEvaluation } from "./evaluate.ts";
import type { EvaluationEvent } from "./events.ts";
import type { FitSettings } from "./fit-options.ts";
import { compilePopulation } from "./population-statistics.ts";

/** Evaluates the splits a run asked for, with the session's weights of that moment. */
export type Evaluators = (step: number, breathe: Breather) => Promise<EvaluationEvent[]>;

/**
 * Compiles the evaluations of a run. Population statistics take the running ones' places while
 * they are used, and the running ones are put back bit for bit.
 */
export async function compileEvaluators(
  session: Session,
  model: Module,
  tree: MemberTree,
  settings: FitSettings,
): Promise<Evaluators> {
  const { data, loss, evaluateOn, statistics, batchSize, seed } = settings;
  const splits: { name: "train" | "test"; run: Awaited<ReturnType<typeof compileEvaluation>> }[] =
    [];
  for (const name of evaluateOn) {
    const split = data[name];
    if (split === undefined) continue;
    const site = { model, tree, loss, split, name: `evaluate-${name}` };
    splits.push({ name, run: await compileEvaluation(session, site) });
  }
  const population =
    statistics === "population" && splits.length > 0
      ? await compilePopulation(session, { model, tree, examples: data.train, batchSize, seed })
      : null;

  return async (step, breathe) => {
    const replaced = population === null ? [] : await population(breathe);
    const running = replaced.map(({ slot }) => session.read(slot));
    replaced.forEach(({ slot, data: values }) => session.write(slot, values));
    const events: EvaluationEvent[] = [];
    try {
      for (const { name, run } of splits) {
        const result = { ...(await run(breathe)), statistics };
        events.push({ type: "evaluation", step, split: name, result });
      }
    } finally {
      replaced.forEach(({ slot }, i) => session.write(slot, running[i]!));
    }
    return events;
  };
}
