import { describe, expect, test } from "vitest";
import type { MeasureSummary, RunRecord } from "../../experiments/index.ts";
import { memberTree } from "../../nn/index.ts";
import { armIds, BASE_RATE, rateOf, settings } from "./arms.ts";
import study from "./batchnorm-inception.ts";
import { measures } from "./measures.ts";
import { inceptionNet } from "./model.ts";

const scale = {
  steps: 400,
  seeds: 3,
  evaluateEvery: 100,
  observeEvery: 100,
  checkpointEvery: 400,
  sizes: { width: 8, testExamples: 10, targetPercent: 30 },
};

function record(change: Partial<RunRecord> = {}): RunRecord {
  const curve = [0.1, 0.29, 0.3, 0.28].map((accuracy, i) => ({ step: i * 100, loss: 1, accuracy }));
  const base = { arm: "bn", seed: 1, step: 300, divergence: null, probes: {} };
  return { ...base, outcome: "finished", curve, ...change };
}

test("normalization follows every convolution, and takes the place of its bias", () => {
  const paths = (normalized: boolean): string[] => {
    const options = { normalized, activation: "relu", dropout: true, width: 4 } as const;
    return memberTree(inceptionNet(options)).members.map(({ path }) => path);
  };
  const [plain, bn] = [paths(false), paths(true)];
  const count = (all: readonly string[], end: string): number =>
    all.filter((path) => path.endsWith(end)).length;
  // One stem and three modules of seven convolutions, and the dense layer.
  expect([count(plain, ".weight"), count(plain, ".bias")]).toEqual([23, 23]);
  expect([count(bn, ".weight"), count(bn, ".bias")]).toEqual([23, 1]);
  expect([count(plain, ".mean"), count(bn, ".mean")]).toEqual([0, 22]);
});

test("rates are the paper's factors of the base rate", () => {
  expect(armIds.map((arm) => rateOf(arm) / BASE_RATE).map(Math.round)).toEqual([
    1, 1, 5, 1, 5, 5, 30, 5, 1,
  ]);
  expect(armIds.filter((arm) => !settings[arm].dropout)).toHaveLength(4);
});

test("the target is the preset's; a diverged run guesses", () => {
  const steps = measures["steps-to-target"];
  expect(steps.of(record(), scale)).toEqual({ value: 200, atLeast: false });
  const harder = { ...scale, sizes: { ...scale.sizes, targetPercent: 31 } };
  expect(steps.of(record(), harder)).toEqual({ value: 400, atLeast: true });
  expect(measures["final-accuracy"].of(record({ outcome: "diverged" }), scale).value).toBe(0.1);
});

describe("verdict", () => {
  const summaryOf = (
    measure: keyof typeof measures,
    values: Readonly<Record<string, number>>,
    bounds: readonly string[] = [],
  ): MeasureSummary => {
    const arms = armIds.map((id) => {
      const value = values[id] ?? 0;
      const perSeed = { 1: value, 2: value * 1.001, 3: value * 0.999 };
      const interval = { n: 3, mean: value, sd: 0, low: 0, high: 0, level: 0.95 };
      return [id, { perSeed, interval, atLeast: bounds.includes(id) ? 3 : 0 }] as const;
    });
    return { ...measures[measure], arms: Object.fromEntries(arms) };
  };
  const published = { inception: 31, bn: 13.3, "bn-x5": 2.1 };
  const accuracies = {
    "bn-x5": 0.73,
    "bn-x30": 0.748,
    "bn-x5-dropout": 0.72,
    "inception-x5": 0.001,
    "bn-x5-sigmoid": 0.698,
    sigmoid: 0.001,
  };
  const judge = (steps: MeasureSummary, final = accuracies) =>
    study.verdict(
      { "steps-to-target": steps, "final-accuracy": summaryOf("final-accuracy", final) },
      { passed: true, because: "so" },
    );

  test("supports the claim on the paper's own numbers", () => {
    const verdict = judge(summaryOf("steps-to-target", published));
    expect(verdict).toMatchObject({ outcome: "supports" });
    expect(verdict.findings).toHaveLength(7);
  });

  test("does not count a run that never got there as faster", () => {
    const bounded = summaryOf("steps-to-target", published, ["bn-x5"]);
    expect(judge(bounded).outcome).toBe("undecided");
    const lower = { ...accuracies, "bn-x30": 0.4 };
    expect(judge(summaryOf("steps-to-target", published), lower).because).toContain(
      "“At thirty times the rate it ends higher than at five times”",
    );
  });
});
