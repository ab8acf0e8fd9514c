import { describe, expect, test } from "vitest";
import type { RunRecord, RunResult } from "../../experiments/index.ts";
import {
  checkNormalization,
  keptProbes,
  measures,
  NORMALIZATION,
  percentileDrift,
  SIGMOID_INPUT,
} from "./measures.ts";

const scale = { steps: 400, seeds: 3, evaluateEvery: 100, observeEvery: 100, checkpointEvery: 400 };

function record(change: Partial<RunRecord> = {}): RunRecord {
  const curve = [0.1, 0.85, 0.9, 0.95].map((accuracy, i) => ({ step: i * 100, loss: 1, accuracy }));
  return {
    arm: "plain",
    seed: 1,
    step: 300,
    outcome: "finished",
    divergence: null,
    curve,
    probes: {},
    ...change,
  };
}

describe("percentileDrift", () => {
  test("is the percentiles' mean path in units of the mean spread, per 1,000 steps", () => {
    // Paths: low 1 + 1, middle 0, high 1 + 0; spreads 2, 4, 3; over 200 steps.
    const series = {
      unit: "u",
      steps: [0, 100, 200],
      values: { p15: [[-1], [-2], [-1]], p50: [[0], [0], [0]], p85: [[1], [2], [2]] },
    };
    const expected = ((2 + 0 + 1) / 3 / ((2 + 4 + 3) / 3)) * (1000 / 200);
    expect(percentileDrift(series)).toBeCloseTo(expected, 12);
  });

  test("is the median over units, and does not depend on a unit's own scale", () => {
    const rows = (sign: number): number[][] => [
      [sign, 10 * sign, 5 * sign],
      [sign, 10 * sign + 10, 5 * sign + 500],
    ];
    const values = { p15: rows(-1), p50: rows(0), p85: rows(1) };
    // Units: still: 0; shifted by half its spread: 0.5; by 50 spreads: 50. Median 0.5, over 100 steps.
    expect(percentileDrift({ unit: "u", steps: [0, 100], values })).toBeCloseTo(5, 12);
  });

  test("has no value without two observations, or with a number that is not finite", () => {
    const one = { unit: "u", steps: [0], values: { p15: [[0]], p50: [[0]], p85: [[1]] } };
    expect(percentileDrift(one)).toBeNull();
    expect(percentileDrift(undefined)).toBeNull();
    const flat = {
      unit: "u",
      steps: [0, 1],
      values: { p15: [[0], [1]], p50: [[0], [1]], p85: [[0], [1]] },
    };
    expect(percentileDrift(flat)).toBeNull();
  });
});

test("steps to the target: where it was reached, or a lower bound", () => {
  const { of } = measures["steps-to-target"];
  expect(of(record(), scale)).toEqual({ value: 200, atLeast: false });
  const slow = record({ curve: [{ step: 0, loss: 2, accuracy: 0.8999 }] });
  expect(of(slow, scale)).toEqual({ value: 400, atLeast: true });
});

test("a diverged run has no final accuracy and no drift, but did or did not get to the target", () => {
  const diverged = record({ outcome: "diverged" });
  expect(measures["final-accuracy"].of(diverged, scale).value).toBeNull();
  expect(measures.drift.of(diverged, scale).value).toBeNull();
  expect(measures["steps-to-target"].of(diverged, scale)).toEqual({ value: 200, atLeast: false });
  expect(measures["final-accuracy"].of(record(), scale).value).toBe(0.95);
});

test("results keep the five shown units and the whole normalization probe", () => {
  const row = Array.from({ length: 100 }, (_, unit) => unit);
  const normalization = { unit: "n", steps: [0], values: { location: [1] } };
  const inputs = { unit: "i", steps: [0], values: { p15: [row], p50: [row], p85: [row] } };
  const kept = keptProbes(
    record({ probes: { [SIGMOID_INPUT]: inputs, [NORMALIZATION]: normalization } }),
  );
  expect(kept[SIGMOID_INPUT]?.values["p50"]).toEqual([[0, 1, 2, 3, 4]]);
  expect(kept[NORMALIZATION]).toEqual(normalization);
});

describe("checkNormalization", () => {
  function run(
    arm: string,
    [location, locationMax, spread, spreadMax]: readonly number[][],
  ): RunResult {
    const values = {
      location: location!,
      locationMax: locationMax!,
      spread: spread!,
      spreadMax: spreadMax!,
    };
    const probes = { [NORMALIZATION]: { unit: "n", steps: location!.map((_, i) => i), values } };
    return {
      ...record({ arm, probes }),
      id: arm,
      measures: {},
      backend: "b",
      seconds: 1,
      resumedFrom: null,
    };
  }
  const loose = run("plain", [
    [0.5, 0.3],
    [2, 2],
    [0.9, 0.05],
    [3, 3],
  ]);
  const tight = run("bn", [
    [0, 0],
    [1e-6, 0.01],
    [1e-4, 0],
    [1e-3, 2e-3],
  ]);

  test("passes when only the arm with normalization is normalized", () => {
    const check = checkNormalization([loose, tight]);
    expect(check.passed).toBe(true);
    expect(check.because).toContain("1.0 %");
    expect(check.because).toContain("at least 30 %");
  });

  test("fails when one observation of one unit is off, or the other arm is normalized too", () => {
    const slipped = run("bn", [
      [0, 0],
      [0, 0.5],
      [0, 0],
      [0, 0],
    ]);
    expect(checkNormalization([loose, slipped]).passed).toBe(false);
    expect(checkNormalization([{ ...tight, arm: "plain" }, tight]).passed).toBe(false);
  });

  test("fails when nothing was observed", () => {
    expect(checkNormalization([])).toMatchObject({ passed: false });
  });
});
