import { describe, expect, test } from "vitest";
import type { RunResult } from "../../experiments/index.ts";
import { checkNormalized } from "./check-normalized.ts";

function run(arm: string, middle: readonly number[], largest: readonly number[]): RunResult {
  const zeros = middle.map(() => 0);
  const values = { location: zeros, spread: middle, locationMax: zeros, spreadMax: largest };
  return {
    id: arm,
    arm,
    seed: 1,
    step: 1,
    outcome: "finished",
    divergence: null,
    measures: {},
    curve: [],
    probes: { normal: { unit: "n", steps: middle.map((_, i) => i), values } },
    backend: "b",
    seconds: 1,
    resumedFrom: null,
  };
}

const arms = { probe: "normal", normalized: ["bn", "noisy"], loose: ["plain"] };
const loose = run("plain", [0.5, 0.2], [3, 3]);
const tight = run("bn", [0, 1e-4], [1e-3, 0.01]);

describe("checkNormalized", () => {
  test("passes when only the normalized arms are", () => {
    const { passed, because } = checkNormalized([loose, tight], arms);
    expect(passed).toBe(true);
    expect(because).toContain("further than 1 %");
    expect(because).toContain("at least 20 %");
  });

  test("asks of other normalizations only the mean", () => {
    const other = { ...arms, centred: ["l1"] };
    expect(checkNormalized([loose, tight, run("l1", [2, 2], [9, 9])], other).passed).toBe(true);
    expect(checkNormalized([loose, tight], other).passed).toBe(false);
  });

  test("fails for one unit off at one observation, for a loose arm that is normalized, for nothing", () => {
    const slipped = run("noisy", [0, 0], [0, 0.03]);
    expect(checkNormalized([loose, tight, slipped], arms).passed).toBe(false);
    expect(checkNormalized([run("plain", [0.5, 0.05], [1, 1]), tight], arms).passed).toBe(false);
    expect(checkNormalized([], arms)).toMatchObject({ passed: false });
  });
});
