import { describe, expect, test } from "vitest";
import type { RunRecord } from "../../experiments/index.ts";
import { finalTestAccuracy, finalTrainingAccuracy, trainingSpeed } from "./training-measures.ts";

const scale = { steps: 100, seeds: 3, evaluateEvery: 50, observeEvery: 20, checkpointEvery: 100 };

function record(accuracy: readonly number[], outcome: RunRecord["outcome"]): RunRecord {
  return {
    arm: "bn",
    seed: 1,
    step: 100,
    outcome,
    divergence: null,
    curve: [{ step: 50, loss: 1, accuracy: 0.6 }],
    probes: {
      training: {
        unit: "u",
        steps: accuracy.map((_, i) => 20 * i),
        values: { accuracy, loss: accuracy.map(() => 1) },
      },
    },
  };
}

describe("measures of training", () => {
  test("leave out what was seen before the first step", () => {
    const run = record([0.9, 0.1, 0.2, 0.3, 0.4, 0.5], "finished");
    expect(trainingSpeed.of(run, scale).value).toBeCloseTo(0.3, 12);
    expect(finalTrainingAccuracy.of(run, scale).value).toBeCloseTo(0.35, 12);
    expect(finalTestAccuracy.of(run, scale).value).toBe(0.6);
  });

  test("count a run that diverged as at chance from there on", () => {
    const run = record([0.1, 0.6, 0.2], "diverged");
    expect(trainingSpeed.of(run, scale).value).toBeCloseTo((0.6 + 0.2 + 0.3) / 5, 12);
    expect(finalTrainingAccuracy.of(run, scale).value).toBeCloseTo((0.2 + 0.3) / 4, 12);
    expect(finalTestAccuracy.of(run, scale).value).toBe(0.1);
  });

  test("have no value for a run that was broken off", () => {
    const run = record([0.1, 0.6], "aborted");
    for (const measure of [trainingSpeed, finalTrainingAccuracy, finalTestAccuracy]) {
      expect(measure.of(run, scale)).toEqual({ value: null, atLeast: false });
    }
  });
});
