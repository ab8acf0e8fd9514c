import { describe, expect, test } from "vitest";
import type { PlannedRun, StudyEvent } from "../experiments/index.ts";
import { advance, isOver, secondsLeft, shareDone, type StudyProgress } from "./run-progress.ts";

const scale = { steps: 100, seeds: 1, evaluateEvery: 50, observeEvery: 50, checkpointEvery: 50 };
const planned = (arm: string): PlannedRun => ({
  id: arm,
  description: {
    study: "s",
    revision: 1,
    arm,
    seed: 1,
    scale,
    data: { name: "d", hash: "h" },
    backend: "wasm",
    version: "0",
  },
});
const opening: StudyEvent = {
  type: "study-start",
  study: "s",
  scale,
  runs: [planned("plain"), planned("bn")],
  location: "runs/s",
};

type RunEvent = Extract<StudyEvent, { readonly type: "run" }>["event"];
const of = (arm: string, event: RunEvent): StudyEvent => ({
  type: "run",
  id: arm,
  arm,
  seed: 1,
  event,
});
const begin = (step: number): RunEvent => ({
  type: "start",
  step,
  steps: 100,
  stepsPerEpoch: 10,
  backend: "wasm",
});
const stepTo = (step: number): RunEvent => ({ type: "step", step, loss: 2, accuracy: 0.1 });

function after(...events: readonly (readonly [StudyEvent, number])[]): StudyProgress {
  return events.reduce<StudyProgress>((seen, [event, now]) => advance(seen, event, now), new Map());
}

describe("progress of a study", () => {
  test("counts steps, and their rate in this session alone", () => {
    const progress = after(
      [opening, 0],
      [of("plain", begin(40)), 1000],
      [of("plain", stepTo(60)), 3000],
    );
    expect(progress.get("plain")).toMatchObject({ state: "running", step: 60, rate: 10, loss: 2 });
    expect(progress.get("bn")).toMatchObject({ state: "waiting", step: 0, rate: null });
    expect(shareDone(progress)).toBe(0.3);
  });

  test("expects waiting runs to be as fast as running ones, and threads to share them", () => {
    const progress = after(
      [opening, 0],
      [of("plain", begin(0)), 0],
      [of("plain", stepTo(50)), 1000],
    );
    expect(secondsLeft(progress, 1)).toBe(3);
    expect(secondsLeft(progress, 2)).toBe(2);
    expect(secondsLeft(after([opening, 0]), 1)).toBeNull();
  });

  test("keeps test accuracy apart from training accuracy, with its statistics", () => {
    const evaluation = (split: "train" | "test", accuracy: number): RunEvent => ({
      type: "evaluation",
      step: 50,
      split,
      result: { loss: 1, accuracy, examples: 10, statistics: "population" },
    });
    const progress = after(
      [opening, 0],
      [of("bn", evaluation("test", 0.9)), 1],
      [of("bn", evaluation("train", 1)), 2],
    );
    expect(progress.get("bn")).toMatchObject({ accuracy: 0.9, statistics: "population" });
  });

  test("a diverged run is over and stays diverged", () => {
    const progress = after(
      [opening, 0],
      [of("bn", begin(0)), 0],
      [of("bn", { type: "diverged", step: 7, loss: "NaN", layer: "0" }), 1],
      [of("bn", { type: "done", step: 6, seconds: 1, outcome: "diverged" }), 2],
    );
    expect(progress.get("bn")).toMatchObject({ state: "diverged", step: 7 });
    expect(isOver(progress.get("bn")!)).toBe(true);
    expect(shareDone(progress)).toBe(0.5);
  });
});
