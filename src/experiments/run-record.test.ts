import { describe, expect, test } from "vitest";
import type { TrainEvent } from "../train/events.ts";
import { finalAccuracy, recordRun, stepsToAccuracy } from "./run-record.ts";

function evaluation(
  step: number,
  accuracy: number | null,
  split: "train" | "test" = "test",
): TrainEvent {
  const result = {
    loss: 1 - (accuracy ?? 0),
    accuracy,
    examples: 10,
    statistics: "running",
  } as const;
  return { type: "evaluation", step, split, result };
}

function probe(step: number, value: number): TrainEvent {
  return { type: "probe", step, probe: "inputs", unit: "volts", values: { p50: [value, -value] } };
}

const start = (step: number): TrainEvent => ({
  type: "start",
  step,
  steps: 30,
  stepsPerEpoch: 5,
  backend: "b",
});
const done = (outcome: "finished" | "aborted" | "diverged", step = 30): TrainEvent => ({
  type: "done",
  step,
  seconds: 1,
  outcome,
});

describe("recordRun", () => {
  test("gathers test evaluations and probe series by step", () => {
    const events = [
      start(0),
      evaluation(0, 0.1),
      probe(0, 1),
      evaluation(10, 0.4, "train"),
      evaluation(10, 0.5),
      probe(10, 2),
      done("finished"),
    ];
    const record = recordRun("plain", 7, events);
    expect(record).toMatchObject({
      arm: "plain",
      seed: 7,
      step: 30,
      outcome: "finished",
      divergence: null,
    });
    expect(record.curve).toEqual([
      { step: 0, loss: 0.9, accuracy: 0.1 },
      { step: 10, loss: 0.5, accuracy: 0.5 },
    ]);
    expect(record.probes["inputs"]).toEqual({
      unit: "volts",
      steps: [0, 10],
      values: {
        p50: [
          [1, -1],
          [2, -2],
        ],
      },
    });
  });

  test("a resume takes back what was said of later steps, and the last word on a step holds", () => {
    const interrupted = [
      start(0),
      evaluation(0, 0.1),
      evaluation(10, 0.2),
      evaluation(20, 0.9),
      probe(20, 9),
    ];
    const resumed = [
      start(10),
      evaluation(10, 0.2),
      probe(10, 1),
      evaluation(30, 0.6),
      done("finished"),
    ];
    const record = recordRun("plain", 1, [...interrupted, ...resumed]);
    expect(record.curve.map(({ step, accuracy }) => [step, accuracy])).toEqual([
      [0, 0.1],
      [10, 0.2],
      [30, 0.6],
    ]);
    expect(record.probes["inputs"]?.steps).toEqual([10]);
    expect(record.outcome).toBe("finished");
  });

  test("a run without an end was aborted, and a resumed one has not diverged yet", () => {
    expect(recordRun("a", 1, [start(0), evaluation(0, 0.1)]).outcome).toBe("aborted");
    const diverged: TrainEvent = { type: "diverged", step: 20, loss: "NaN", layer: "3" };
    expect(recordRun("a", 1, [start(0), diverged, done("diverged", 20)])).toMatchObject({
      outcome: "diverged",
      step: 20,
      divergence: { step: 20, loss: "NaN", layer: "3" },
    });
    expect(recordRun("a", 1, [start(0), diverged, start(10)])).toMatchObject({
      outcome: "aborted",
      step: 10,
      divergence: null,
    });
  });
});

test("steps to an accuracy: the first evaluation there, or all steps for one that never is", () => {
  const record = recordRun("a", 1, [evaluation(0, 0.1), evaluation(5, 0.7), evaluation(9, 0.65)]);
  expect(stepsToAccuracy(record, { target: 0.7, giveUpAt: 40 })).toBe(5);
  expect(stepsToAccuracy(record, { target: 0.71, giveUpAt: 40 })).toBe(40);
  expect(finalAccuracy(record)).toBe(0.65);
  expect(finalAccuracy(recordRun("a", 1, []))).toBeNull();
  const regression = recordRun("a", 1, [evaluation(0, null)]);
  expect(stepsToAccuracy(regression, { target: 0, giveUpAt: 40 })).toBe(40);
});
