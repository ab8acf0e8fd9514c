import { expect, test } from "vitest";
import type { RunRecord } from "../../experiments/index.ts";
import { arms, lpNorms, measures, networks, settings } from "./measures.ts";

const scale = { steps: 20, seeds: 3, evaluateEvery: 10, observeEvery: 10, checkpointEvery: 20 };

function record(arm: string): RunRecord {
  const training = {
    unit: "u",
    steps: [0, 10, 20],
    values: { loss: [900, 100, 100], accuracy: [0.1, 0.4, 0.6] },
  };
  return {
    arm,
    seed: 1,
    step: 20,
    outcome: "finished",
    divergence: null,
    curve: [{ step: 20, loss: 1, accuracy: 0.5 }],
    probes: { training },
  };
}

test("accuracy is the VGG's alone, the final loss everybody's", () => {
  const valueOf = (name: keyof typeof measures, arm: string): number | null =>
    measures[name].of(record(arm), scale).value;
  expect(valueOf("training-speed", "vgg-l1")).toBeCloseTo(0.5, 12);
  expect(valueOf("final-test", "vgg-l1")).toBe(0.5);
  expect(valueOf("training-speed", "linear-l1")).toBeNull();
  expect(valueOf("final-test", "linear-l1")).toBeNull();
  expect(valueOf("final-loss", "linear-l1")).toBeCloseTo(Math.log10(1100 / 3), 12);
});

test("every network has every normalization, and its own learning rate", () => {
  expect(arms).toHaveLength(10);
  expect(new Set(arms.map(({ id }) => id)).size).toBe(10);
  for (const { network, learningRate, armOf } of networks) {
    for (const norm of lpNorms) {
      expect(settings[armOf(norm)]).toEqual({ network, between: norm, learningRate });
    }
  }
});
