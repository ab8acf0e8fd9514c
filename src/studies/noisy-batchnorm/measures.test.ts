import { describe, expect, test } from "vitest";
import type { RunResult } from "../../experiments/index.ts";
import { checkNoise, keptProbes, measures, momentsOf, SHOWN_LAYERS } from "./measures.ts";

const scale = { steps: 20, seeds: 3, evaluateEvery: 10, observeEvery: 10, checkpointEvery: 20 };

/** The mean of every unit of every layer jumps to and fro by `jump`; variance `variance`. */
function run(arm: string, jump: number, variance = 4): RunResult {
  const rows = (values: readonly number[]): number[][] => values.map((value) => [value, value]);
  const series = {
    unit: "u",
    steps: [0, 10, 20],
    values: { mean: rows([0, jump, 0]), variance: rows([variance, variance, variance]) },
  };
  return {
    id: arm,
    arm,
    seed: 1,
    step: 20,
    outcome: "finished",
    divergence: null,
    measures: {},
    curve: [],
    probes: Object.fromEntries(SHOWN_LAYERS.map((layer) => [momentsOf(layer), series])),
    backend: "b",
    seconds: 1,
    resumedFrom: null,
  };
}

test("drift is in units of the unit's own spread, and needs every layer", () => {
  expect(measures["mean-drift"].of(run("bn", 3), scale).value).toBeCloseTo(1.5, 12);
  expect(measures["variance-drift"].of(run("bn", 3), scale).value).toBe(0);
  const { [momentsOf(13)]: _lost, ...probes } = run("bn", 3).probes;
  expect(measures["mean-drift"].of({ ...run("bn", 3), probes }, scale).value).toBeNull();
  const diverged = { ...run("bn", 3), outcome: "diverged" as const };
  expect(measures["mean-drift"].of(diverged, scale).value).toBeNull();
});

describe("checkNoise", () => {
  test("passes if the noise moves means and clean normalization does not", () => {
    const check = checkNoise([run("noisy", 0.33), run("bn", 0.02)]);
    expect(check.passed).toBe(true);
    expect(check.because).toContain("at least 0.33");
  });

  test("fails for noise that does nothing, a normalization that jumps, and runs without values", () => {
    expect(checkNoise([run("noisy", 0.1), run("bn", 0.02)]).passed).toBe(false);
    expect(checkNoise([run("noisy", 0.33), run("bn", 0.2)]).passed).toBe(false);
    expect(checkNoise([{ ...run("noisy", 1), probes: {} }, run("bn", 0)]).passed).toBe(false);
    expect(checkNoise([]).passed).toBe(false);
  });
});

test("results keep some units of the moments, and all else whole", () => {
  const wide = Array.from({ length: 20 }, (_, unit) => unit);
  const series = { unit: "u", steps: [0], values: { mean: [wide], variance: [wide] } };
  const other = { unit: "u", steps: [0], values: { counts: [wide] } };
  const probes = { [momentsOf(2)]: series, "layer-2": other };
  const kept = keptProbes({ ...run("bn", 1), probes });
  expect(kept[momentsOf(2)]?.values["mean"]).toEqual([wide.slice(0, 8)]);
  expect(kept["layer-2"]).toEqual(other);
});
