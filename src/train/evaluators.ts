import type { Module } from "../nn/index.ts";
import type { Slot } from "../graph/value.ts";
import type { BufferView, Session } from "../run/backend.ts";
import type { Breather } from "./breather.ts";
import type { StepProgram } from "./build-step.ts";
import { compileEvaluation } from "./evaluate.ts";
import type { EvaluationEvent } from "./events.ts";
import type { FitSettings } from "./fit-options.ts";
import { compilePopulation } from "./population-statistics.ts";

/** Evaluates the splits a run asked for, with the session's weights of that moment. */
export type Evaluators = (step: number, breathe: Breather) => Promise<EvaluationEvent[]>;

/**
 * Compiles the evaluations of a run. Averages take the weights' places while they are used, and
 * population statistics the running ones'; what was there is put back bit for bit.
 */
export async function compileEvaluators(
  session: Session,
  model: Module,
  { tree, averageSlots }: StepProgram,
  settings: FitSettings,
): Promise<Evaluators> {
  const { data, loss, evaluateOn, statistics, batchSize, seed, evaluateWith } = settings;
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

  const averaged = evaluateWith === "average";

  return async (step, breathe) => {
    const before = new Map<Slot, BufferView>();
    const replace = (slot: Slot, values: ArrayLike<number>): void => {
      if (!before.has(slot)) before.set(slot, session.read(slot));
      session.write(slot, values);
    };
    const events: EvaluationEvent[] = [];
    try {
      if (averaged) for (const { slot, of } of averageSlots) replace(of, session.read(slot));
      const found = population === null ? [] : await population(breathe);
      for (const { slot, data: values } of found) replace(slot, values);
      for (const { name, run } of splits) {
        const result = {
          ...(await run(breathe)),
          statistics,
          ...(averaged && { weights: evaluateWith }),
        };
        events.push({ type: "evaluation", step, split: name, result });
      }
    } finally {
      for (const [slot, values] of before) session.write(slot, values);
    }
    return events;
  };
}
