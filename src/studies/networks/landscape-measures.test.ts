import { expect, test } from "vitest";
import type { RunRecord } from "../../experiments/index.ts";
import { LANDSCAPE, landscapeMeasures, type LandscapeMeasure } from "./landscape-measures.ts";

const measures = landscapeMeasures({ plain: 0.1 });
const scale = { steps: 70, seeds: 3, evaluateEvery: 70, observeEvery: 10, checkpointEvery: 70 };

/** Eight observations: loss between 1 and 1 + range. */
function record(
  change: { readonly lost?: readonly number[]; readonly arm?: string } = {},
): RunRecord {
  const beta = [1000, 10, 20, 20, 20, 30, 20, 20];
  const range = [10, 10, 10, 10, 100, 100, 100, 1e6];
  const lost = change.lost ?? beta.map(() => 0);
  const series = {
    unit: "u",
    steps: beta.map((_, i) => 10 * i),
    values: {
      lossMin: range.map(() => 1),
      lossMax: range.map((value) => 1 + value),
      distanceMax: range.map((value) => value * 10),
      smoothness: beta,
      lost,
    },
  };
  return {
    arm: change.arm ?? "plain",
    seed: 1,
    step: 70,
    outcome: "finished",
    divergence: null,
    curve: [],
    probes: { [LANDSCAPE]: series },
  };
}

const valueOf = (name: LandscapeMeasure, run: RunRecord): number | null =>
  measures[name].of(run, scale).value;

test("medians over all observations, as powers of ten", () => {
  expect(valueOf("loss-range", record())).toBeCloseTo(Math.log10(55), 12);
  expect(valueOf("predictiveness", record())).toBeCloseTo(Math.log10(550), 12);
  // 95 %: 0.65 of the way from the seventh to the eighth in order.
  const spike = 100 + 0.65 * (1e6 - 100);
  expect(valueOf("loss-range-spikes", record())).toBeCloseTo(Math.log10(spike), 12);
  expect(valueOf("predictiveness-spikes", record())).toBeCloseTo(Math.log10(10 * spike), 12);
});

test("β early, its spikes, and late in units of the learning rate", () => {
  expect(valueOf("smoothness-early", record())).toBeCloseTo(Math.log10(505), 12);
  // 95 % of the way from the first to the eighth in order: 0.65 of the way from 30 to 1000.
  expect(valueOf("smoothness-spikes", record())).toBeCloseTo(Math.log10(30 + 0.65 * 970), 12);
  expect(valueOf("smoothness-late", record())).toBeCloseTo(2, 12);
});

test("what is not finite counts as infinite: the median bears some of it, not half", () => {
  const some = record({ lost: [1, 0, 0, 0, 0, 0, 0, 2] });
  expect(valueOf("loss-range", some)).toBeCloseTo(2, 12);
  expect(valueOf("smoothness-spikes", some)).toBeNull();
  expect(valueOf("loss-range", record({ lost: [1, 1, 1, 1, 1, 0, 0, 0] }))).toBeNull();
});

test("there are none without observations or for a run that diverged", () => {
  const diverged = { ...record(), outcome: "diverged" as const };
  for (const name of Object.keys(measures) as LandscapeMeasure[]) {
    expect(valueOf(name, diverged)).toBeNull();
    expect(valueOf(name, { ...record(), probes: {} })).toBeNull();
  }
  expect(valueOf("smoothness-late", record({ arm: "unknown" }))).toBeNull();
});
