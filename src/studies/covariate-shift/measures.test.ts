import { expect, test } from "vitest";
import type { RunRecord } from "../../experiments/index.ts";
import { NOT_FINITE } from "../../probes/index.ts";
import { arms, pairs, settings } from "./arms.ts";
import { measures, SHIFT } from "./measures.ts";

const scale = { steps: 20, seeds: 3, evaluateEvery: 10, observeEvery: 10, checkpointEvery: 20 };

function record(change: Partial<RunRecord> = {}): RunRecord {
  const shift = {
    unit: "u",
    steps: [0, 10],
    values: {
      cosine: [
        [1, 0.5],
        [0, -0.5],
      ],
      relative: [
        [1, 2],
        [3, 4],
      ],
      distance: [
        [10, 1000],
        [10, 1000],
      ],
    },
  };
  const training = {
    unit: "u",
    steps: [0, 5, 10, 15, 20],
    values: { loss: [9e9, 50, 50, 150, 150] },
  };
  return {
    arm: "vgg-bn",
    seed: 1,
    step: 20,
    outcome: "finished",
    divergence: null,
    curve: [],
    probes: { [SHIFT]: shift, training },
    ...change,
  };
}

test("measures are means over layers and observations", () => {
  const valueOf = (name: keyof typeof measures): number | null =>
    measures[name].of(record(), scale).value;
  expect(valueOf("cosine")).toBeCloseTo(0.25, 12);
  expect(valueOf("relative")).toBeCloseTo(2.5, 12);
  expect(valueOf("distance")).toBeCloseTo(2, 12);
  expect(valueOf("final-loss")).toBeCloseTo(2, 12);
});

test("there are none for a run that diverged, was not observed, or has a gradient that is not finite", () => {
  const lost = { unit: "u", steps: [0], values: { distance: [[NOT_FINITE, 1]] } };
  expect(measures.cosine.of(record({ outcome: "diverged" }), scale).value).toBeNull();
  expect(measures["final-loss"].of(record({ outcome: "diverged" }), scale).value).toBeNull();
  expect(measures.cosine.of(record({ probes: {} }), scale).value).toBeNull();
  expect(measures.distance.of(record({ probes: { [SHIFT]: lost } }), scale).value).toBeNull();
});

test("every arm is one of a pair that differs in normalization alone", () => {
  expect(arms.map(({ id }) => id)).toEqual(pairs.flatMap(({ plain, bn }) => [plain, bn]));
  for (const { plain, bn, network, rate } of pairs) {
    expect(settings[plain]).toEqual({ network, between: "none", learningRate: rate });
    expect(settings[bn]).toEqual({ network, between: "batch", learningRate: rate });
  }
});
