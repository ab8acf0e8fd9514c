/** Embedding against PyTorch, forward and backward, on every backend; and ids that are none. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { sizeOf } from "../src/base/shape.ts";
import { derivatives, input, mul, sum, type DType } from "../src/graph/index.ts";
import { embedding, initialize, memberTree, trace } from "../src/nn/index.ts";
import { backends } from "./backends.ts";
import { largestDifference } from "./close-to.ts";

interface Case {
  readonly name: string;
  readonly vocabulary: number;
  readonly width: number;
  readonly padding: number | null;
  readonly shape: readonly number[];
  readonly ids: readonly number[];
  readonly table: readonly number[];
  readonly weights: readonly number[];
  readonly y: readonly number[];
  readonly dtable: readonly number[];
}

const file = new URL("../fixtures/torch-embedding.json", import.meta.url);
const { cases } = JSON.parse(readFileSync(file, "utf8")) as { readonly cases: readonly Case[] };

/** Sums of up to four f32 products. */
const TOLERANCE = 1e-6;

describe.each(backends)("$description", (backend) => {
  const both = cases.flatMap((sample) => [
    ["i32", sample.name, sample] as const,
    ["f32", sample.name, sample] as const,
  ]);

  test.each(both)("%s ids: %s", async (dtype, _name, sample) => {
    const { vocabulary, width, padding, shape } = sample;
    const layer = embedding(vocabulary, width, padding === null ? {} : { padding });
    const tree = memberTree(layer);
    const traced = trace(layer, input("ids", shape, dtype), { phase: "train", tree });
    expect(traced.output.shape).toEqual([...shape, width]);
    const loss = sum(mul(traced.output, input("weights", traced.output.shape)));
    const [dtable] = derivatives(
      loss,
      traced.parameters.map(({ value }) => value),
    );
    const session = await backend.open();
    const executable = await session.compile({
      outputs: { y: traced.output, dtable: dtable! },
      writes: [],
    });
    session.write(tree.members[0]!.slot, sample.table);
    executable.input("ids").set(sample.ids);
    executable.input("weights").set(sample.weights);
    executable.run();
    expect([...executable.output("y")]).toEqual(sample.y);
    expect(largestDifference(executable.output("dtable"), sample.dtable)).toBeLessThan(TOLERANCE);
  });

  test.each<[DType, readonly number[]]>([
    ["i32", [-1, 3, 2, -(2 ** 31), 2 ** 31 - 1]],
    ["f32", [-1, 3, 2, 0.5, NaN, Infinity, 1e30]],
  ])("%s ids outside the vocabulary make rows of NaN", async (dtype, ids) => {
    const layer = embedding(3, 2);
    const { output, tree } = trace(layer, input("ids", [ids.length], dtype), { phase: "eval" });
    const session = await backend.open();
    const executable = await session.compile({ outputs: { output }, writes: [] });
    session.write(tree.members[0]!.slot, [1, 2, 3, 4, 5, 6]);
    executable.input("ids").set(ids);
    executable.run();
    const expected = ids.flatMap((id) => (id === 2 ? [5, 6] : [NaN, NaN]));
    expect([...executable.output("output")]).toEqual(expected);
  });
});

test("the padding row starts at 0, the others as without padding", () => {
  const plain = initialize(embedding(4, 3), 5).get("table")!;
  const padded = initialize(embedding(4, 3, { padding: 2 }), 5).get("table")!;
  expect(sizeOf(plain.shape)).toBe(12);
  expect([...padded.data]).toEqual(
    [...plain.data].map((value, i) => (i >= 6 && i < 9 ? 0 : value)),
  );
  expect([...plain.data].every((value) => value !== 0)).toBe(true);
});

test.each([
  [() => embedding(0, 3), "embedding(0, 3): sizes must be positive integers, got 0"],
  [() => embedding(4, 1.5), "embedding(4, 1.5): sizes must be positive integers, got 1.5"],
  [
    () => embedding(4, 3, { padding: 4 }),
    "embedding(4, 3): padding must be an id in [0, 4), got 4",
  ],
  [
    () => trace(embedding(4, 3), input("ids", [2], "u32"), { phase: "eval" }),
    "embedding(4, 3): ids must be i32 or f32 [N, ...], got u32 [2]",
  ],
  [
    () => trace(embedding(4, 3), input("ids", []), { phase: "eval" }),
    "embedding(4, 3): ids must be i32 or f32 [N, ...], got f32 []",
  ],
])("refuses %s", (build, message) => {
  expect(build).toThrow(message);
});
