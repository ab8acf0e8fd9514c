import { expect, test } from "vitest";
import type { RunRecord } from "../../experiments/index.ts";
import { percentileDrift } from "../batchnorm-mnist/measures.ts";
import { keptProbes, measures, percentilesOf } from "./measures.ts";

const scale = { steps: 100, seeds: 3, evaluateEvery: 50, observeEvery: 50, checkpointEvery: 100 };

function record(shift: number, outcome: RunRecord["outcome"] = "finished"): RunRecord {
  const rows = (at: number): number[][] => [[at], [at + shift]];
  const series = {
    unit: "u",
    steps: [0, 100],
    values: { p15: rows(-1), p50: rows(0), p85: rows(1) },
  };
  const other = { unit: "u", steps: [0], values: { accuracy: [0.1] } };
  return {
    arm: "bn",
    seed: 1,
    step: 100,
    outcome,
    divergence: null,
    curve: [],
    probes: { [percentilesOf(3)]: series, [percentilesOf(11)]: series, training: other },
  };
}

test("drift is told in doublings: twice as far is one more", () => {
  const of = (shift: number): number => measures["drift-11"].of(record(shift), scale).value!;
  expect(of(0.2) - of(0.1)).toBeCloseTo(1, 12);
  expect(2 ** of(0.2)).toBeCloseTo(percentileDrift(record(0.2).probes[percentilesOf(11)])!, 12);
});

test("there is none for a run that diverged, or that did not move at all", () => {
  expect(measures["drift-3"].of(record(1, "diverged"), scale).value).toBeNull();
  expect(measures["drift-3"].of(record(0), scale).value).toBeNull();
});

test("results keep all but the percentiles", () => {
  expect(Object.keys(keptProbes(record(1)))).toEqual(["training"]);
});
