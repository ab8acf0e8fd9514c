import { describe, expect, test } from "vitest";
import type { Split } from "../data/index.ts";
import {
  batchNorm,
  initialize,
  linear,
  memberTree,
  sequential,
  sigmoid,
  type Weights,
} from "../nn/index.ts";
import { reference } from "../run/reference.ts";
import { activationPercentiles } from "./activation-percentiles.ts";
import { normalizationError } from "./normalization-error.ts";
import type { Probe, ProbeSite } from "./probe.ts";

const BATCH = 5;
const examples: Split = {
  inputs: Uint8Array.from({ length: 20 * 3 }, (_, i) => (i * 37) % 11),
  inputScale: 0.25,
  targets: new Int32Array(20),
  shape: [3],
  count: 20,
};
const model = sequential(linear(3, 4), batchNorm(4), sigmoid(), linear(4, 2));
const weights = distinctWeights();
const observed = { layer: "2", examples, count: 15, batchSize: BATCH, every: 10 } as const;

/** First values are not enough to tell scale from shift: every number is its own. */
function distinctWeights(): Map<string, Float32Array> {
  const first: Weights = initialize(model, 3);
  const values = new Map([...first].map(([path, { data }]) => [path, Float32Array.from(data)]));
  values.set("1.scale", Float32Array.of(1.5, -0.5, 2, 0.75));
  values.set("1.shift", Float32Array.of(0.1, -1, 3, 0));
  values.set("1.mean", Float32Array.of(0.2, 0.4, -0.3, 1));
  values.set("1.variance", Float32Array.of(0.5, 2, 1.25, 4));
  return values;
}

async function site(): Promise<ProbeSite> {
  const session = await reference.open();
  const tree = memberTree(model);
  for (const { path, slot } of tree.members) session.write(slot, weights.get(path)!);
  return { model, tree, session };
}

/** The input to the sigmoid by plain loops: [rows][units]. Shares nothing with the engine. */
function slowInput(phase: "train" | "eval"): number[][] {
  const at = (path: string): Float32Array => weights.get(path)!;
  const rows = Array.from({ length: 15 }, (_, row) =>
    Array.from({ length: 4 }, (_unused, unit) => {
      let sum = at("0.bias")[unit]!;
      for (let k = 0; k < 3; k++) {
        sum += examples.inputs[row * 3 + k]! * 0.25 * at("0.weight")[k * 4 + unit]!;
      }
      return sum;
    }),
  );
  return rows.map((values, row) => {
    const batch = rows.slice(row - (row % BATCH), row - (row % BATCH) + BATCH);
    return values.map((value, unit) => {
      const column = batch.map((other) => other[unit]!);
      const ownMean = column.reduce((a, b) => a + b) / BATCH;
      const ownVariance = column.reduce((a, b) => a + (b - ownMean) ** 2, 0) / BATCH;
      const mean = phase === "train" ? ownMean : at("1.mean")[unit]!;
      const variance = phase === "train" ? ownVariance : at("1.variance")[unit]!;
      const normal = (value - mean) / Math.sqrt(variance + 1e-5);
      return at("1.scale")[unit]! * normal + at("1.shift")[unit]!;
    });
  });
}

/** Smallest x with at least q % below it on the broken line through ((i)/(n−1), xᵢ), by search. */
function slowPercentile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const height = (x: number): number => {
    const above = sorted.findIndex((value) => value > x);
    if (above === -1) return 100;
    if (above === 0) return 0;
    const [from, to] = [sorted[above - 1]!, sorted[above]!];
    return (100 * (above - 1 + (x - from) / (to - from))) / (sorted.length - 1);
  };
  let [low, high] = [sorted[0]!, sorted.at(-1)!];
  for (let i = 0; i < 80; i++) {
    const middle = (low + high) / 2;
    if (height(middle) < q) low = middle;
    else high = middle;
  }
  return high;
}

describe.each(["train", "eval"] as const)("with normalization as in %s", (phase) => {
  test("percentiles agree with plain loops and a search", async () => {
    const probe = activationPercentiles({ ...observed, name: "inputs", phase });
    const values = (await probe.prepare(await site()))(0);
    const rows = slowInput(phase);
    expect(Object.keys(values)).toEqual(["p15", "p50", "p85"]);
    for (const q of [15, 50, 85]) {
      const units = values[`p${q}`] as readonly number[];
      expect(units).toHaveLength(4);
      units.forEach((value, unit) => {
        const column = rows.map((row) => row[unit]!);
        expect(value).toBeCloseTo(slowPercentile(column, q), 5);
      });
    }
  });

  test("the normalization error agrees with plain loops", async () => {
    const target = { scale: "1.scale", shift: "1.shift" };
    const probe = normalizationError({ ...observed, name: "normal", phase, target });
    const values = (await probe.prepare(await site()))(0);
    const rows = slowInput(phase);
    const errors = [0, 1, 2, 3].map((unit) => {
      const column = rows.map((row) => row[unit]!);
      const mean = column.reduce((a, b) => a + b) / 15;
      const variance = column.reduce((a, b) => a + b * b, 0) / 15 - mean * mean;
      const [scale, shift] = [weights.get("1.scale")![unit]!, weights.get("1.shift")![unit]!];
      return [Math.abs((mean - shift) / scale), Math.abs(variance / (scale * scale) - 1)] as const;
    });
    expect(values["locationMax"]).toBeCloseTo(Math.max(...errors.map(([location]) => location)), 4);
    expect(values["spreadMax"]).toBeCloseTo(Math.max(...errors.map(([, spread]) => spread)), 4);
    // In training the two are (nearly) zero; with these running statistics they are far from it.
    expect(Number(values["spreadMax"]) < 0.01).toBe(phase === "train");
  });
});

test("without a target, normalized means mean 0 and variance 1", async () => {
  const probe = normalizationError({ ...observed, name: "normal", phase: "train" });
  const values = (await probe.prepare(await site()))(0);
  expect(values["locationMax"]).toBeCloseTo(3, 4);
  expect(values["spreadMax"]).toBeCloseTo(3, 2);
});

test("an observation follows the session's weights and changes none of them", async () => {
  const place = await site();
  const probe = activationPercentiles({ ...observed, name: "inputs", phase: "train" });
  const observe = await probe.prepare(place);
  const before = observe(0);
  const all = place.tree.members.map(({ slot }) => [...place.session.read(slot)]);
  expect(observe(0)).toEqual(before);
  expect(place.tree.members.map(({ slot }) => [...place.session.read(slot)])).toEqual(all);
  const shift = place.tree.members.find(({ path }) => path === "1.shift")!;
  place.session.write(shift.slot, [10, 10, 10, 10]);
  expect((observe(0)["p50"] as readonly number[])[2]).toBeGreaterThan(8);
});

describe("refuses", () => {
  const options = { ...observed, name: "inputs", phase: "train" } as const;
  test.each([
    [{ layer: "9" }, `layer must be one of "0", "1", "2", "3", "", got "9"`],
    [{ count: 7 }, "count must be a positive multiple of batchSize 5, got 7"],
    [{ count: 25 }, "count must be at most 20 examples, got 25"],
    [{ batchSize: 0 }, "batchSize must be a positive integer, got 0"],
  ])("%o", async (change, message) => {
    const probe = activationPercentiles({ ...options, ...change });
    await expect(probe.prepare(await site())).rejects.toThrow(message);
  });

  test("percentiles and cadences out of range, and targets that are not there", async () => {
    expect(() => activationPercentiles({ ...options, percentiles: [-1] })).toThrow("got -1");
    expect(() => activationPercentiles({ ...options, every: 0 })).toThrow("got 0");
    const probe = normalizationError({ ...options, target: { scale: "1.scale", shift: "1.gone" } });
    await expect(probe.prepare(await site())).rejects.toThrow(`got "1.gone"`);
  });
});

test("says in words how the layers behave", () => {
  const options = { ...observed, name: "inputs" } as const;
  expect(activationPercentiles({ ...options, phase: "eval" }).mode).toContain("running statistics");
  expect(activationPercentiles({ ...options, phase: "train" }).mode).toContain("batches of 5");
});

test("a probe without a unit does not compile", () => {
  const bare = { name: "x", every: 1, mode: "y", prepare: async () => () => ({}) };
  // @ts-expect-error: `unit` is missing; the type check fails here if that were allowed.
  const probe: Probe = bare;
  expect("unit" in probe).toBe(false);
});
