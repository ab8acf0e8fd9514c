import { expect, test } from "vitest";
import type { Split } from "../../data/index.ts";
import { batchNorm, initialize, linear, memberTree, sequential, tanh } from "../../nn/index.ts";
import { reference } from "../../run/reference.ts";
import { measures } from "./measures.ts";
import { theoremProbe } from "./theorem-probe.ts";

const BATCH = 6;
const examples: Split = {
  inputs: Float32Array.from({ length: BATCH * 4 }, (_, i) => Math.sin(i * i + 1)),
  targets: Int32Array.from({ length: BATCH }, (_, i) => i % 3),
  shape: [4],
  count: BATCH,
};
const model = sequential(
  linear(4, 5, { bias: false }),
  batchNorm(5, { eps: 1e-10 }),
  tanh(),
  linear(5, 3),
);

test("on a small network, in double precision, every identity holds to its rounding", async () => {
  const session = await reference.open();
  const tree = memberTree(model);
  const initial = initialize(model, 1);
  const later = initialize(model, 2);
  for (const { path, slot } of tree.members) session.write(slot, later.get(path)!.data);
  const probe = theoremProbe({
    layer: { name: "layer-1", dense: "0", norm: "1" },
    examples,
    batchSize: BATCH,
    every: 1,
    initial,
  });
  const observed = (await probe.prepare({ model, tree, session }))(0);
  expect(observed["live"]).toBe(1);
  expect(observed["kept"]).toHaveLength(5);
  const values = Object.fromEntries(Object.entries(observed).map(([key, seen]) => [key, [seen]]));
  const record = {
    arm: "tanh",
    seed: 1,
    step: 1,
    outcome: "finished",
    divergence: null,
    curve: [],
    probes: { "layer-1": { unit: "ratio", steps: [0], values } },
  } as const;
  const scale = { steps: 1, seeds: 1, evaluateEvery: 1, observeEvery: 1, checkpointEvery: 1 };
  const valueOf = (name: keyof typeof measures): number => measures[name].of(record, scale).value!;
  expect(valueOf("gradient-error")).toBeLessThan(2);
  expect(valueOf("curvature-error")).toBeLessThan(10);
  expect(valueOf("restored-error")).toBeLessThan(1);
  expect(valueOf("scale-error")).toBeLessThan(2);
  expect(valueOf("weight-use")).toBeLessThan(1);
  // Six examples and two directions: about a third of a gradient that points anywhere.
  expect(valueOf("removed")).toBeGreaterThan(0.05);
  expect(Number(observed["factor"])).not.toBeCloseTo(1, 2);
  expect(Number(observed["nearer"])).toBeLessThan(1);
});
