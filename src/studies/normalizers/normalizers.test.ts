import { describe, expect, test } from "vitest";
import type { MeasureSummary, RunRecord, RunResult } from "../../experiments/index.ts";
import { armId, normalizerArms, settings, settingOf } from "./arms.ts";
import { checkNormalizers, COST, LANDSCAPE, meanCosine, measures, SETS } from "./measures.ts";
import study from "./normalizers.ts";
import { errorsOf, setNumber } from "./normalized-sets.ts";

const scale = { steps: 400, seeds: 3, evaluateEvery: 100, observeEvery: 100, checkpointEvery: 400 };

function record(change: Partial<RunRecord> = {}): RunRecord {
  const curve = [0.1, 0.9, 0.96, 0.94].map((accuracy, i) => ({ step: i * 100, loss: 1, accuracy }));
  const base = { arm: "mlp-none", seed: 1, step: 300, divergence: null, probes: {} };
  return { ...base, outcome: "finished", curve, ...change };
}

test("there are eight dense and nine convolutional arms, and an id leads back to its setting", () => {
  expect(normalizerArms).toHaveLength(17);
  expect(normalizerArms.map(({ id }) => id)).not.toContain("mlp-instance");
  for (const setting of settings) expect(settingOf(armId(setting))).toBe(setting);
});

describe("measures", () => {
  test("the cost is the median of the rounds' ratios", () => {
    const values = { milliseconds: [[2, 9, 3]], without: [[1, 3, 2]] };
    const seen = record({ probes: { [COST]: { unit: "ms", steps: [0], values } } });
    expect(measures["step-cost"].of(seen, scale).value).toBe(2);
    expect(measures["step-cost"].of(record(), scale).value).toBeNull();
  });

  test("the cosine is the mean over step sizes and observations; a lost run has none", () => {
    const landscape = {
      unit: "u",
      steps: [0, 9],
      values: {
        cosines: [
          [1, 0.5],
          [0.5, 0],
        ],
      },
    };
    expect(meanCosine(landscape)).toBe(0.5);
    expect(meanCosine(undefined)).toBeNull();
    const lost = record({ outcome: "diverged", probes: { [LANDSCAPE]: landscape } });
    expect(measures.cosine.of(lost, scale).value).toBeNull();
    expect(measures["final-accuracy"].of(lost, scale).value).toBeNull();
    expect(measures["steps-to-target"].of(lost, scale)).toEqual({ value: 200, atLeast: false });
  });
});

describe("which elements share a mean", () => {
  // Two examples, two places, eight channels: 32 elements.
  const layout = { positions: 2, channels: 8 };
  const sets = (technique: Parameters<typeof setNumber>[0]["technique"]): number[] =>
    Array.from({ length: 32 }, (_, i) => setNumber({ net: "conv", technique }, layout)(i));

  test("batch: a channel; layer: an example; RMS: a place; instance: example and channel", () => {
    expect(new Set(sets("batch"))).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7]));
    expect(sets("layer").slice(14, 18)).toEqual([0, 0, 1, 1]);
    expect(new Set(sets("rms")).size).toBe(4);
    expect(sets("instance").slice(6, 10)).toEqual([6, 7, 0, 1]);
    expect(new Set(sets("instance")).size).toBe(16);
  });

  test("group: neighbouring channels of one example, at all its places", () => {
    expect(sets("group").slice(0, 16)).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1]);
    expect(sets("group").slice(16, 20)).toEqual([2, 2, 2, 2]);
  });

  test("errors are medians over the sets", () => {
    // Channel 0: −1, 1: normalized. Channels 1 and 2: 1, 3: mean 2, variance 1.
    const data = [-1, 1, 1, 1, 3, 3];
    expect(errorsOf(data, (i) => i % 3, false)).toEqual({ location: 2, spread: 0 });
    // About zero: mean squares 1, 5, 5.
    expect(errorsOf(data, (i) => i % 3, true)).toEqual({ location: 0, spread: 4 });
    expect(errorsOf([NaN, 1], (i) => i, false).location).toBe(Number.MAX_VALUE);
  });
});

describe("checkNormalizers", () => {
  const run = (arm: string, error: number): RunResult => {
    const values = { location: [error, 9], spread: [error, 9] };
    const probes = { [SETS]: { unit: "u", steps: [0, 400], values } };
    const about = { id: arm, measures: {}, backend: "b", seconds: 1, resumedFrom: null };
    return { ...record({ arm, probes }), ...about };
  };
  const loose = /-(none|elu|selu)$/;
  const good = normalizerArms.map(({ id }) => run(id, loose.test(id) ? 0.5 : 0.001));

  test("looks at the first observation of every arm that normalizes", () => {
    expect(checkNormalizers(good).passed).toBe(true);
    const bad = good.map((one) => (one.arm === "conv-group" ? run(one.arm, 0.3) : one));
    expect(checkNormalizers(bad)).toMatchObject({ passed: false });
    expect(checkNormalizers(bad).because).toContain("exceeded by conv-group");
    expect(checkNormalizers(good.map(({ arm }) => run(arm, 0.001))).passed).toBe(false);
    expect(checkNormalizers([]).passed).toBe(false);
  });
});

test("the verdict compares every technique with the net of its own kind without", () => {
  const summaryOf = (value: (arm: string) => number): MeasureSummary => {
    const arms = normalizerArms.map(({ id }) => {
      const perSeed = { 1: value(id), 2: value(id) + 1, 3: value(id) };
      const interval = { n: 3, mean: value(id), sd: 0, low: 0, high: 0, level: 0.95 };
      return [id, { perSeed, interval, atLeast: 0 }] as const;
    });
    return { ...measures["steps-to-target"], arms: Object.fromEntries(arms) };
  };
  const judge = (value: (arm: string) => number) => {
    const summary = summaryOf(value);
    const all = { "final-accuracy": summary, "step-cost": summary, cosine: summary };
    return study.verdict({ "steps-to-target": summary, ...all }, { passed: true, because: "so" });
  };
  const faster = (arm: string): number => (arm.endsWith("none") ? 900 : 300);
  expect(judge(faster)).toMatchObject({ outcome: "supports" });
  expect(judge(faster).findings).toHaveLength(15);
  // A dense net slower than any convolutional one says nothing of the convolutional ones.
  const slow = judge((arm) => (arm === "mlp-elu" ? 1_000 : faster(arm)));
  expect(slow.outcome).toBe("contradicts");
  expect(slow.because).toContain("“Dense net: ELU saves steps”");
});
