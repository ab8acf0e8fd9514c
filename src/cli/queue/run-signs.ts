/** How far a run is, as its worker tells the queue: the last of the run's own events. */
import * as v from "valibot";
import type { RunEvent } from "../../experiments/index.ts";
import type { EvaluationEvent, StartEvent, StepEvent } from "../../train/events.ts";

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

export interface RunSigns {
  /** When the session began: another one starts anew, maybe at an earlier step. */
  readonly session: number;
  readonly start: StartEvent;
  readonly step: StepEvent | null;
  /** On the test set. */
  readonly evaluation: EvaluationEvent | null;
}

const signsSchema: v.GenericSchema<unknown, RunSigns> = v.object({
  session: v.number(),
  start: v.object({
    type: v.literal("start"),
    step: count,
    steps: count,
    stepsPerEpoch: v.number(),
    backend: v.string(),
  }),
  step: v.nullable(
    v.object({
      type: v.literal("step"),
      step: count,
      loss: v.number(),
      accuracy: v.nullable(v.number()),
    }),
  ),
  evaluation: v.nullable(
    v.object({
      type: v.literal("evaluation"),
      step: count,
      split: v.literal("test"),
      result: v.object({
        loss: v.number(),
        accuracy: v.nullable(v.number()),
        examples: count,
        statistics: v.picklist(["running", "population"]),
      }),
    }),
  ),
});

/** Null for anything else: what is only to be shown must not stop a comparison. */
export function checkSigns(value: unknown): RunSigns | null {
  const result = v.safeParse(signsSchema, value);
  return result.success ? result.output : null;
}

/** The signs' events that say more than `before` did. */
export function newEvents(signs: RunSigns, before: RunSigns | null): RunEvent[] {
  const { session, start, step, evaluation } = signs;
  const same = before?.session === session ? before : null;
  return [
    ...(same === null ? [start] : []),
    ...(step !== null && step.step !== same?.step?.step ? [step] : []),
    ...(evaluation !== null && evaluation.step !== same?.evaluation?.step ? [evaluation] : []),
  ];
}

/** Milliseconds between signs; a shorter run gives none. */
const SIGN_EVERY = 500;

/** Gathers a run's events and sends now and then how far it is. */
export function signSender(
  send: (signs: RunSigns) => Promise<void>,
  clock: () => number = Date.now,
): (event: RunEvent) => Promise<void> {
  let signs: RunSigns | null = null;
  let sent = clock();
  return async (event) => {
    if (event.type === "start") {
      signs = { session: clock(), start: event, step: null, evaluation: null };
    } else if (signs !== null && event.type === "step") {
      signs = { ...signs, step: event };
    } else if (signs !== null && event.type === "evaluation" && event.split === "test") {
      signs = { ...signs, evaluation: event };
    }
    if (signs === null || clock() - sent < SIGN_EVERY) return;
    sent = clock();
    await send(signs);
  };
}
