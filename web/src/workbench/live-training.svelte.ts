/** A training and what it has told, as components follow it. */
import {
  type Change,
  type LabEvent,
  type OwnData,
  trainArms,
  type TrainSpec,
  type Training,
} from "../engine/index.ts";
import { announce } from "../frame/announcer.svelte.ts";
import { paced } from "../frame/paced.ts";
import { newRecord, takeEvents, type TrainingRecord } from "../record/training-record.ts";

type TrainingPhase = "idle" | "loading" | "running" | "paused" | "over";

export interface LiveTraining {
  readonly phase: TrainingPhase;
  /** Reading it makes a component follow the training. */
  readonly record: TrainingRecord | null;
  readonly training: Training | null;
  /** Ends the one before and begins anew. */
  start(spec: TrainSpec, options: { readonly paused: boolean; readonly own: OwnData | null }): void;
  /** Ends the worker and forgets what it told. */
  close(): void;
}

/** Milliseconds between two looks of the page at numbers: as often as its charts are drawn. */
const INTERVAL = 100;

const numbers: ReadonlySet<LabEvent["type"]> = new Set(["steps", "probe", "evaluation"]);

/** `onChange` hears of each change made while training, with the step it took effect at. */
export function liveTraining(onChange: (change: Change) => void): LiveTraining {
  let phase = $state<TrainingPhase>("idle");
  // The record grows in place; what components see is a new object whenever it has grown.
  let shown = $state.raw<TrainingRecord | null>(null);
  let record: TrainingRecord | null = null;
  let training = $state.raw<Training | null>(null);

  const showing = paced(INTERVAL, () => {
    shown = record === null ? null : { ...record };
  });

  function hear(told: TrainingRecord, events: readonly LabEvent[]): void {
    takeEvents(told, events);
    // At once where something began, ended or went wrong; numbers wait for others to come along.
    showing.ask(events.some(({ type }) => !numbers.has(type)));
    for (const event of events) {
      if (event.type === "changed") onChange(event.change);
      announceEvent(event, told);
    }
    phase = told.state;
  }

  return {
    get phase() {
      return phase;
    },
    get record() {
      return shown;
    },
    get training() {
      return training;
    },
    start(spec, { paused, own }) {
      training?.close();
      const fresh = newRecord(spec);
      record = fresh;
      shown = fresh;
      phase = "loading";
      training = trainArms(
        spec,
        (events) => {
          if (record === fresh) hear(fresh, events);
        },
        { paused, ...(own !== null && { own }) },
      );
      announce("Training started");
    },
    close() {
      training?.close();
      training = null;
      record = null;
      shown = null;
      phase = "idle";
    },
  };
}

/** Starts, ends and errors; numbers would drown them. */
function announceEvent(event: LabEvent, { spec }: TrainingRecord): void {
  if (event.type === "failed") announce(`Error: ${event.message}`);
  if (event.type === "diverged") announce(`${spec.arms[event.arm]?.name ?? "An arm"} diverged`);
  if (event.type !== "state") return;
  if (event.state === "paused") announce("Paused");
  if (event.state === "over") announce("Training is over");
}
