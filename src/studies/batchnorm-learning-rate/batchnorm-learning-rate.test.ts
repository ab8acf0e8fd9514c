import { describe, expect, test } from "vitest";
import type { MeasureSummary, RunRecord, RunResult } from "../../experiments/index.ts";
import { armId, rateArms, rateOf, settings, settingOf } from "./arms.ts";
import study from "./batchnorm-learning-rate.ts";
import { usableRange } from "./figures.ts";
import { checkAtBaseRates, measures, NORMALIZATION } from "./measures.ts";

const scale = { steps: 400, seeds: 3, evaluateEvery: 100, observeEvery: 100, checkpointEvery: 400 };

function record(change: Partial<RunRecord> = {}): RunRecord {
  const curve = [0.1, 0.9, 0.96, 0.94].map((accuracy, i) => ({ step: i * 100, loss: 1, accuracy }));
  const base = { arm: "relu-bn-x1", seed: 1, step: 300, divergence: null, probes: {} };
  return { ...base, outcome: "finished", curve, ...change };
}

/** A summary with `value(arm)` for every seed, give or take a little. */
function summaryOf(measure: keyof typeof measures, value: (arm: string) => number): MeasureSummary {
  const arms = rateArms.map(({ id }) => {
    const values = [0, 1, 2].map((seed) => value(id) * (1 + 1e-6 * seed));
    const perSeed = Object.fromEntries(values.map((each, seed) => [String(seed), each]));
    const interval = { n: 3, mean: value(id), sd: 0, low: 0, high: 0, level: 0.95 };
    return [id, { perSeed, interval, atLeast: 0 }] as const;
  });
  return { ...measures[measure], arms: Object.fromEntries(arms) };
}

test("every net has the four rates, and an id leads back to its setting", () => {
  expect(rateArms).toHaveLength(16);
  for (const setting of settings) expect(settingOf(armId(setting))).toBe(setting);
  const rates = settings.map((setting) => rateOf(setting));
  expect(rates.slice(0, 4)).toEqual([0.4, 2, 10, 60]);
  expect(rates.slice(8, 12)).toEqual([0.02, 0.1, 0.5, 3]);
});

describe("measures", () => {
  test("a run is at the target when an evaluation is at 95 %; one that never is gives a bound", () => {
    const { of } = measures["steps-to-target"];
    expect(of(record(), scale)).toEqual({ value: 200, atLeast: false });
    const never = record({ outcome: "diverged", curve: [{ step: 0, loss: 2, accuracy: 0.1 }] });
    expect(of(never, scale)).toEqual({ value: 400, atLeast: true });
  });

  test("a diverged run guesses, whatever it knew before", () => {
    const { of } = measures["final-accuracy"];
    expect(of(record(), scale).value).toBe(0.94);
    expect(of(record({ outcome: "diverged" }), scale).value).toBe(0.1);
  });
});

describe("verdict", () => {
  const passed = { passed: true, because: "so" };
  const judge = (steps: (arm: string) => number, accuracy: (arm: string) => number) =>
    study.verdict(
      {
        "steps-to-target": summaryOf("steps-to-target", steps),
        "final-accuracy": summaryOf("final-accuracy", accuracy),
      },
      passed,
    );
  const asPublished = [
    (arm: string): number => (arm.includes("-bn-") ? 300 : 900),
    (arm: string): number => (arm.includes("-bn-") ? 0.98 : arm.endsWith("x30") ? 0.1 : 0.96),
  ] as const;

  test("supports the claim when all eight parts hold", () => {
    const verdict = judge(...asPublished);
    expect(verdict.outcome).toBe("supports");
    expect(verdict.findings).toHaveLength(8);
  });

  test("contradicts it when the sigmoid net with normalization fails at thirty times the rate", () => {
    const [steps, accuracy] = asPublished;
    const verdict = judge(steps, (arm) => (arm === "sigmoid-bn-x30" ? 0.11 : accuracy(arm)));
    expect(verdict.outcome).toBe("contradicts");
    const against = verdict.findings.filter(({ outcome }) => outcome === "contradicts");
    expect(against.map(({ claim }) => claim)).toEqual([
      "Sigmoid net: at thirty times that rate, it ends above the tuned net without it.",
    ]);
  });

  test("compares the faster rates with the tuned net, not with one at the same rate", () => {
    const [steps, accuracy] = asPublished;
    const slow = judge((arm) => (arm === "relu-bn-x5" ? 1_000 : steps(arm)), accuracy);
    expect(slow.outcome).toBe("contradicts");
    expect(judge((arm) => (arm === "relu-plain-x5" ? 1 : steps(arm)), accuracy).outcome).toBe(
      "supports",
    );
  });
});

describe("checkAtBaseRates", () => {
  function run(arm: string, error: number): RunResult {
    const names = ["location", "locationMax", "spread", "spreadMax"];
    const values = Object.fromEntries(names.map((name) => [name, [error, error]]));
    const probes = { [NORMALIZATION]: { unit: "n", steps: [0, 1], values } };
    const about = { id: arm, measures: {}, backend: "b", seconds: 1, resumedFrom: null };
    return { ...record({ arm, probes }), ...about };
  }
  const loose = [run("sigmoid-plain-x1", 0.5), run("relu-plain-x1", 0.3)];

  test("passes when the arms with normalization are normalized at the base rate, the others not", () => {
    const tight = [run("sigmoid-bn-x1", 0.001), run("relu-bn-x1", 0.002)];
    expect(checkAtBaseRates([...loose, ...tight, run("relu-bn-x30", 9)]).passed).toBe(true);
  });

  test("fails when one net is not normalized, both are, or nothing was seen", () => {
    const half = [run("sigmoid-bn-x1", 0.001), run("relu-bn-x1", 0.2)];
    expect(checkAtBaseRates([...loose, ...half]).passed).toBe(false);
    const both = [run("sigmoid-plain-x1", 0), run("sigmoid-bn-x1", 0)];
    expect(checkAtBaseRates(both).passed).toBe(false);
    expect(checkAtBaseRates([])).toMatchObject({ passed: false });
  });
});

test("the usable range lists the rates whose mean ends above 90 %", () => {
  const finals = summaryOf("final-accuracy", (arm) => (arm.endsWith("x30") ? 0.5 : 0.95));
  const result = { measures: { "final-accuracy": finals } };
  const net = { activation: "relu", normalization: "bn" } as const;
  expect(usableRange(result, net)).toBe(
    "ReLU, with BN: ends above 90 % at 0.02, 0.1, 0.5, of the rates tried.",
  );
  expect(
    usableRange({ measures: { "final-accuracy": summaryOf("final-accuracy", () => 0.1) } }, net),
  ).toContain("no rate tried");
});
