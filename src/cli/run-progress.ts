/** Where each run of a study stands, gathered from its events; pure, so that any display can show it. */
import type { StudyEvent } from "../experiments/index.ts";

export interface RunProgress {
  readonly id: string;
  readonly arm: string;
  readonly seed: number;
  readonly state: "waiting" | "running" | "finished" | "reused" | "diverged" | "aborted";
  readonly step: number;
  readonly steps: number;
  /** Steps done before this session. */
  readonly from: number;
  /** When this session's first step began, in milliseconds; null before it. */
  readonly since: number | null;
  /** Of the latest step's batch, in the loss's own unit. */
  readonly loss: number | null;
  /** Share of the test set classified correctly in the latest evaluation, in [0, 1]. */
  readonly accuracy: number | null;
  /** Which statistics normalization used for it; null before there was one. */
  readonly statistics: "running" | "population" | null;
  /** Steps per second, over this session; null before the first. */
  readonly rate: number | null;
}

export type StudyProgress = ReadonlyMap<string, RunProgress>;

/** The progress after one more event, seen at `now` (milliseconds). */
export function advance(progress: StudyProgress, event: StudyEvent, now: number): StudyProgress {
  if (event.type === "study-start") {
    return new Map(
      event.runs.map(({ id, description: { arm, seed, scale } }) => [
        id,
        {
          id,
          arm,
          seed,
          state: "waiting",
          step: 0,
          steps: scale.steps,
          from: 0,
          since: null,
          loss: null,
          accuracy: null,
          statistics: null,
          rate: null,
        },
      ]),
    );
  }
  const run = event.type === "run" ? progress.get(event.id) : undefined;
  if (event.type !== "run" || run === undefined) return progress;
  return new Map(progress).set(event.id, { ...run, ...changeOf(run, event.event, now) });
}

type RunEvent = Extract<StudyEvent, { readonly type: "run" }>["event"];

function changeOf(run: RunProgress, event: RunEvent, now: number): Partial<RunProgress> {
  switch (event.type) {
    case "start":
      return {
        state: "running",
        step: event.step,
        from: event.step,
        steps: event.steps,
        since: now,
      };
    case "step": {
      const seconds = (now - (run.since ?? now)) / 1000;
      const rate = seconds > 0 ? (event.step - run.from) / seconds : null;
      return { step: event.step, loss: event.loss, rate };
    }
    case "evaluation":
      if (event.split !== "test") return {};
      return { accuracy: event.result.accuracy, statistics: event.result.statistics };
    case "reused":
      return { state: "reused" };
    case "diverged":
      return { state: "diverged", step: event.step };
    case "done": {
      const state = event.outcome === "stopped" ? "finished" : event.outcome;
      return run.state === "diverged" ? {} : { state, step: event.step };
    }
    case "result": {
      const { step, outcome, curve } = event.result;
      const accuracy = curve.at(-1)?.accuracy ?? run.accuracy;
      return { step, accuracy, state: run.state === "reused" ? "reused" : outcome };
    }
    default:
      return {};
  }
}

/** Share of all steps that are done, in [0, 1]. */
export function shareDone(progress: StudyProgress): number {
  const runs = [...progress.values()];
  const steps = runs.reduce((sum, run) => sum + run.steps, 0);
  const done = runs.reduce((sum, run) => sum + (isOver(run) ? run.steps : run.step), 0);
  return steps === 0 ? 0 : done / steps;
}

/** Seconds until all runs are done, from the rates so far; null before there are any. */
export function secondsLeft(progress: StudyProgress, threads: number): number | null {
  const runs = [...progress.values()];
  const rates = runs.flatMap(({ rate }) => (rate === null ? [] : [rate]));
  if (rates.length === 0) return null;
  const usual = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
  const left = runs
    .filter((run) => !isOver(run))
    .map((run) => (run.steps - run.step) / (run.rate ?? usual));
  // No sooner than the longest run alone, and no sooner than all threads together can.
  return Math.max(0, ...left, left.reduce((sum, seconds) => sum + seconds, 0) / threads);
}

export function isOver({ state }: RunProgress): boolean {
  return state === "finished" || state === "reused" || state === "diverged";
}
