import { describe, expect, test } from "vitest";
import { digitsSample } from "../../data/index.ts";
import type { MeasureSummary, RunRecord, RunResult } from "../../experiments/index.ts";
import { armId, deepArms, settings, settingOf } from "./arms.ts";
import { checkDeepNets, LAYERS, measures, TRAINING_LOSS, type DeepMeasure } from "./measures.ts";
import { deepNetwork, hiddenOutputs, PIXEL_EPS, standardizing } from "./model.ts";
import study from "./self-normalizing.ts";

const scale = { steps: 4, seeds: 3, evaluateEvery: 2, observeEvery: 2, checkpointEvery: 4 };

/** A run whose layers had these means and variances, observation by observation. */
function record(mean: number[][], unitVariance: number[][], loss = 0.1): RunRecord {
  const layers = { unit: "u", steps: mean.map((_, i) => i), values: { mean, unitVariance } };
  const losses = { unit: "nats", steps: [0, 1], values: { loss: [2, loss] } };
  const probes = { [LAYERS]: layers, [TRAINING_LOSS]: losses };
  const base = { arm: "snn-8", seed: 1, step: 4, divergence: null, curve: [] };
  return { ...base, outcome: "finished", probes };
}

test("measures: the last training loss, and extremes over layers and observations", () => {
  const seen = record(
    [
      [0.05, -0.2],
      [0, 0.1],
    ],
    [
      [1, 1.4],
      [0.7, 1.2],
    ],
    0.25,
  );
  const value = (measure: DeepMeasure, of = seen): number | null =>
    measures[measure].of(of, scale).value;
  expect(value("training-loss")).toBe(0.25);
  expect(value("largest-variance")).toBe(1.4);
  expect(value("smallest-variance")).toBe(0.7);
  expect(value("largest-mean")).toBe(0.2);
  const lost: RunRecord = { ...seen, outcome: "diverged" };
  expect(value("training-loss", lost)).toBeNull();
  expect(value("largest-variance", lost)).toBeNull();
});

test("inputs get mean 0, and variance 1 on average over the pixels", async () => {
  const data = await digitsSample();
  const weights = standardizing(deepNetwork("snn", 8, 784, 4), 1, data);
  const { inputs, count } = data.train;
  let [total, furthest] = [0, 0];
  for (let pixel = 0; pixel < 784; pixel++) {
    const [mean, variance] = ["0.mean", "0.variance"].map(
      (path) => weights.get(path)!.data[pixel]!,
    );
    const seen = Array.from(
      { length: count },
      (_, row) => (inputs[row * 784 + pixel]! / 255 - mean!) / Math.sqrt(variance! + PIXEL_EPS),
    );
    const center = seen.reduce((sum, value) => sum + value, 0) / count;
    furthest = Math.max(furthest, Math.abs(center));
    total += seen.reduce((sum, value) => sum + (value - center) ** 2, 0) / count;
  }
  expect(furthest).toBeLessThan(1e-5);
  expect(total / 784).toBeCloseTo(1, 5);
});

test("the observed outputs are those of the last module of each hidden layer", () => {
  expect(hiddenOutputs("snn", 8).slice(0, 3)).toEqual(["2", "4", "6"]);
  expect(hiddenOutputs("snn-dropout", 8).slice(0, 3)).toEqual(["2", "5", "8"]);
  expect(hiddenOutputs("bn", 8).slice(0, 3)).toEqual(["3", "6", "9"]);
  for (const setting of settings) expect(settingOf(armId(setting))).toBe(setting);
});

describe("verdict", () => {
  const summary = (measure: DeepMeasure, value: (arm: string) => number): MeasureSummary => {
    const arms = deepArms.map(({ id }) => {
      const perSeed = { 1: value(id), 2: value(id) * 1.001, 3: value(id) * 0.999 };
      const interval = { n: 3, mean: value(id), sd: 0, low: 0, high: 0, level: 0.95 };
      return [id, { perSeed, interval, atLeast: 0 }] as const;
    });
    return { ...measures[measure], arms: Object.fromEntries(arms) };
  };
  const published: Readonly<Record<string, number>> = {
    "snn-8": 0.006,
    "snn-16": 0.0016,
    "snn-32": 0.0007,
    "bn-8": 0.02,
    "bn-16": 0.03,
    "bn-32": 0.05,
  };
  const judge = (loss: (arm: string) => number, variance = 1.2) =>
    study.verdict(
      {
        "training-loss": summary("training-loss", loss),
        "final-accuracy": summary("final-accuracy", () => 0.9),
        "largest-variance": summary("largest-variance", () => variance),
        "smallest-variance": summary("smallest-variance", () => 0.9),
        "largest-mean": summary("largest-mean", () => 0.05),
      },
      { passed: true, because: "so" },
    );

  test("supports the claim on the paper's losses and layers within the theorem's domain", () => {
    const verdict = judge((arm) => published[arm] ?? 1);
    expect(verdict.findings).toHaveLength(8);
    expect(verdict.outcome).toBe("supports");
  });

  test("contradicts it when a variance leaves the domain, or depth does not help", () => {
    expect(judge((arm) => published[arm] ?? 1, 1.6).because).toContain("grows beyond 1.5");
    const flat = judge((arm) => (arm === "snn-32" ? 0.01 : (published[arm] ?? 1)));
    expect(flat.because).toContain("gets lower with depth");
  });
});

test("the check wants normalized layers behind BN alone, and dropout that does something", () => {
  const run = (arm: string, error: number, loss: number): RunResult => {
    const about = { id: arm, measures: {}, backend: "b", seconds: 1, resumedFrom: null };
    return { ...record([[0, error]], [[1 + error, 1]], loss), arm, ...about };
  };
  const error = (arm: string): number => (arm.startsWith("bn") ? 0.001 : 0.1);
  const good = deepArms.map(({ id }, i) => run(id, error(id), i));
  expect(checkDeepNets(good).passed).toBe(true);
  expect(checkDeepNets(good.map(({ arm }) => run(arm, error(arm), 1))).passed).toBe(false);
  expect(checkDeepNets(deepArms.map(({ id }, i) => run(id, 0.1, i))).passed).toBe(false);
  expect(checkDeepNets([]).passed).toBe(false);
});
