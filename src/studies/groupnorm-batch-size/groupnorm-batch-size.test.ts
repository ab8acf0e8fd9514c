import { describe, expect, test } from "vitest";
import type { MeasureSummary, RunRecord } from "../../experiments/index.ts";
import { armId, batchArms, rateOf, settingOf, settings } from "./arms.ts";
import study from "./groupnorm-batch-size.ts";
import { measures } from "./measures.ts";
import { smallConvNet } from "./model.ts";

test("rates follow the paper's rule, and an id leads back to its setting", () => {
  expect([2, 32, 128].map((size) => rateOf(size as 2 | 32 | 128))).toEqual([0.00625, 0.1, 0.4]);
  for (const setting of settings) expect(settingOf(armId(setting))).toBe(setting);
});

test("group normalization has groups of four channels at every width", () => {
  const labels = (width: number): string =>
    JSON.stringify(smallConvNet("gn", 2, width), (_, value: unknown) =>
      typeof value === "function" ? undefined : value,
    );
  expect(labels(8)).toContain("groupNorm(2, 8)");
  expect(labels(16)).toContain("groupNorm(16, 64)");
});

test("error is what accuracy leaves; a diverged run has none", () => {
  const { of } = measures["test-error"];
  const scale = { steps: 1, seeds: 1, evaluateEvery: 1, observeEvery: 1, checkpointEvery: 1 };
  const record: RunRecord = {
    arm: "bn-2",
    seed: 1,
    step: 1,
    outcome: "finished",
    divergence: null,
    curve: [{ step: 1, loss: 1, accuracy: 0.75 }],
    probes: {},
  };
  expect(of(record, scale).value).toBe(0.25);
  expect(of({ ...record, outcome: "diverged" }, scale).value).toBeNull();
});

describe("verdict", () => {
  const judge = (errors: Readonly<Record<string, number>>, passed = true) => {
    const arms = batchArms.map(({ id }) => {
      const value = errors[id] ?? 0.3;
      const perSeed = { 1: value, 2: value + 0.001, 3: value - 0.001 };
      const interval = { n: 3, mean: value, sd: 0, low: 0, high: 0, level: 0.95 };
      return [id, { perSeed, interval, atLeast: 0 }] as const;
    });
    const summary: MeasureSummary = { ...measures["test-error"], arms: Object.fromEntries(arms) };
    return study.verdict({ "test-error": summary }, { passed, because: "so" });
  };
  const published = { "bn-2": 0.347, "bn-32": 0.236, "gn-2": 0.241, "gn-32": 0.241 };

  test("supports the claim on the paper's own numbers", () => {
    expect(judge(published).outcome).toBe("supports");
    expect(judge(published, false).outcome).toBe("undecided");
  });

  test("contradicts it when group normalization gets worse too, or the two differ at 32", () => {
    expect(judge({ ...published, "gn-2": 0.3 }).because).toContain("stays from batches of 32");
    expect(judge({ ...published, "gn-32": 0.2, "gn-2": 0.2 }).because).toContain("are close");
    expect(judge({ ...published, "bn-2": 0.2 }).findings.map(({ outcome }) => outcome)).toEqual([
      "contradicts",
      "contradicts",
      "supports",
      "supports",
    ]);
  });
});
