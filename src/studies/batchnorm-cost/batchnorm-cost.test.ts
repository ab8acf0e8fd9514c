import { describe, expect, test } from "vitest";
import type { MeasureSummary, RunRecord, RunResult } from "../../experiments/index.ts";
import study from "./batchnorm-cost.ts";
import { addedBy, checkTiming, measures, NORMALIZED, TIMES } from "./measures.ts";
import { costNets, nets, normalizedLayers, timedNets, type Net } from "./model.ts";

const scale = { steps: 3, seeds: 3, evaluateEvery: 3, observeEvery: 1, checkpointEvery: 3 };

/** A run of that net, timed in three rounds; the second round was slow for all. */
function run(arm: Net, { all = 1.3, again = 1, layer = 1.1 } = {}): RunResult {
  const rounds = [1, 7, 1.2];
  const times = (factor: number): number[] => rounds.map((time) => time * factor);
  const names = costNets[arm].blocks.map((_, place) => `layer${place + 1}`);
  const timed = {
    without: times(1),
    again: times(again),
    all: times(all),
    ...Object.fromEntries(names.map((name) => [name, times(layer)])),
  };
  const counts = {
    without: [0],
    again: [0],
    all: [names.length],
    ...Object.fromEntries(names.map((name) => [name, [1]])),
  };
  const probes: RunRecord["probes"] = {
    [TIMES]: { unit: "ms", steps: [1, 2, 3], values: timed },
    [NORMALIZED]: { unit: "layers", steps: [1], values: counts },
  };
  const about = { id: arm, measures: {}, backend: "b", seconds: 1, resumedFrom: null };
  const base = { seed: 1, step: 3, divergence: null, curve: [] };
  return { ...base, arm, outcome: "finished", probes, ...about };
}

test("the nets that are timed differ in normalization alone, and say where it is", () => {
  for (const net of nets) {
    const counts = [...timedNets(net).values()].map((model) => normalizedLayers(model));
    const layers = costNets[net].blocks.length;
    expect(counts).toEqual([0, 0, layers, ...costNets[net].blocks.map(() => 1)]);
  }
});

test("measures are medians of the rounds' own ratios", () => {
  const seen = run("mlp");
  expect(measures.added.of(seen, scale).value).toBeCloseTo(0.3, 12);
  expect(measures["added-per-layer"].of(seen, scale).value).toBeCloseTo(0.1, 12);
  expect(measures["step-time"].of(seen, scale).value).toBe(1.2);
  expect(measures.control.of(seen, scale).value).toBe(0);
  expect(addedBy(undefined, "all")).toBeNull();
});

test("the check wants the layers meant, and a control that agrees", () => {
  expect(checkTiming(nets.map((net) => run(net))).passed).toBe(true);
  expect(checkTiming([run("mlp"), run("conv", { again: 1.2 })]).passed).toBe(false);
  // Times of one net under the name of another.
  expect(checkTiming([{ ...run("conv"), arm: "mlp" }]).passed).toBe(false);
  expect(checkTiming([]).passed).toBe(false);
});

describe("verdict", () => {
  const judge = (added: Readonly<Record<Net, number>>) => {
    const arms = nets.map((net) => {
      const perSeed = { 1: added[net], 2: added[net] + 0.01, 3: added[net] - 0.01 };
      const interval = { n: 3, mean: added[net], sd: 0, low: 0, high: 0, level: 0.95 };
      return [net, { perSeed, interval, atLeast: 0 }] as const;
    });
    const summary: MeasureSummary = { ...measures.added, arms: Object.fromEntries(arms) };
    const others = { "added-per-layer": summary, "step-time": summary, control: summary };
    return study.verdict({ added: summary, ...others }, { passed: true, because: "so" });
  };

  test("about 30 % in every net supports it; more or less in one contradicts it", () => {
    expect(judge({ mnist: 0.3, mlp: 0.25, conv: 0.35 }).outcome).toBe("supports");
    expect(judge({ mnist: 0.3, mlp: 0.05, conv: 0.35 }).because).toContain(
      "“In the wide dense net it adds 20 % or more”",
    );
    expect(judge({ mnist: 0.6, mlp: 0.3, conv: 0.3 }).outcome).toBe("contradicts");
    expect(judge({ mnist: 0.2, mlp: 0.3, conv: 0.3 }).outcome).toBe("undecided");
  });
});
