import { input } from "evenkeel/graph";
import {
  batchNorm,
  groupNorm,
  instanceNorm,
  layerNorm,
  memberTree,
  normal,
  rmsNorm,
  trace,
  type Module,
} from "evenkeel/nn";
import { reference } from "evenkeel/run";
import { describe, expect, test } from "vitest";
import {
  changeLayer,
  outputChange,
  printedTable,
  type ChangeId,
  type DenseNormalizer,
} from "./invariance.ts";
import { groupCount, normalizeBlock, type Block, type NormalizerId } from "./normalize-block.ts";

const shape = { examples: 3, channels: 4, height: 2, width: 3 };
const size = 3 * 4 * 2 * 3;
const block: Block = {
  ...shape,
  values: [...normal({ std: 2, mean: 1 })([size], [3, 14])],
};
const options = { eps: 1e-5, channelGroups: 2, weightLengths: [1, 2, 4, 0.5] };

const plain = { scale: false, shift: false };
const layers: Readonly<Record<Exclude<NormalizerId, "weight">, Module>> = {
  batch: batchNorm(4, plain),
  layer: layerNorm([2, 3, 4], plain),
  instance: instanceNorm(4, plain),
  group: groupNorm(2, 4, plain),
  rms: rmsNorm([2, 3, 4], { scale: false }),
};

/** From [N, C, H, W] to the engine's [N, H, W, C], or back. */
function placeInEngine(index: number): number {
  const { channels, height, width } = shape;
  const position = index % (height * width);
  const channel = Math.floor(index / (height * width)) % channels;
  const example = Math.floor(index / (channels * height * width));
  return (example * height * width + position) * channels + channel;
}

describe("each normalizer", () => {
  test.each(Object.keys(layers) as (keyof typeof layers)[])(
    "%s is the engine's layer",
    async (id) => {
      const tree = memberTree(layers[id]);
      const x = input("x", [3, 2, 3, 4]);
      const { output } = trace(layers[id], x, { phase: "train", tree });
      const session = await reference.open();
      const executable = await session.compile({ outputs: { output }, writes: [] });
      block.values.forEach((value, i) => (executable.input("x")[placeInEngine(i)] = value));
      executable.run();
      const found = executable.output("output");
      const mine = normalizeBlock(block, id, options);
      mine.output.forEach((value, i) => expect(found[placeInEngine(i)]).toBeCloseTo(value, 5));
      expect(mine.groups).toHaveLength(groupCount(shape, id, 2));
      expect(mine.groups.reduce((sum, { count }) => sum + count, 0)).toBe(size);
    },
  );

  test("weight normalization looks at no value", () => {
    const { groups, groupOf, output } = normalizeBlock(block, "weight", options);
    expect([groups, groupOf]).toEqual([[], []]);
    expect(output[6]).toBeCloseTo(block.values[6]! / 2, 12);
  });

  test("group normalization with one group is layer, with one per channel instance", () => {
    const group = (channelGroups: number): readonly number[] =>
      normalizeBlock(block, "group", { ...options, channelGroups }).output;
    expect(group(1)).toEqual(normalizeBlock(block, "layer", options).output);
    expect(group(4)).toEqual(normalizeBlock(block, "instance", options).output);
  });
});

describe("invariance", () => {
  const gaussian = normal({ std: 1 });
  const rows = (count: number, width: number, key: number): number[][] => {
    const values = gaussian([count, width], [key, 1]);
    return Array.from({ length: count }, (_, i) =>
      Array.from(values.slice(i * width, (i + 1) * width)),
    );
  };
  const layer = { inputs: rows(6, 5, 1), vectors: rows(4, 5, 2) };

  test("is as the paper's table has it", () => {
    const found = Object.entries(printedTable).flatMap(([normalizer, row]) =>
      Object.keys(row).map((change) =>
        outputChange(layer, normalizer as DenseNormalizer, change as ChangeId),
      ),
    );
    const invariant = Object.values(printedTable).flatMap((row) => Object.values(row));
    // Nothing in between: an output is the same to rounding, or it is another.
    expect(found.map((change) => change < 1e-12)).toEqual(invariant);
    expect(found.every((change) => change < 1e-12 || change > 0.05)).toBe(true);
  });

  test("a change changes what it says and nothing else", () => {
    const { inputs, vectors } = changeLayer(layer, "case-scaled");
    expect(vectors).toBe(layer.vectors);
    expect(inputs[0]).toEqual(layer.inputs[0]!.map((value) => 3 * value));
    expect(inputs.slice(1)).toEqual(layer.inputs.slice(1));
  });
});
