/** Evaluating, predicting and population statistics, against slow computations of their own. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DataError, OptionError } from "../src/base/errors.ts";
import type { Split } from "../src/data/dataset.ts";
import { gaussianBlobs } from "../src/data/generated.ts";
import { gatherInputs } from "../src/data/gather.ts";
import { shuffledIndices } from "../src/data/shuffled-indices.ts";
import {
  batchNorm,
  dropout,
  initialize,
  linear,
  relu,
  sequential,
  type Tensor,
  type Weights,
} from "../src/nn/index.ts";
import { crossEntropy, evaluate, populationStatistics, predict } from "../src/train/index.ts";
import { backends } from "./backends.ts";

const blobs = await gaussianBlobs({ train: 37, test: 521, features: 3, classes: 4, seed: 2 });

test("gathered bytes are the numbers that a plain loop gives", () => {
  const bytes = fc.array(fc.nat(255), { minLength: 1, maxLength: 400 });
  fc.assert(
    fc.property(bytes, fc.integer({ min: 1, max: 9 }), fc.nat(50), (values, size, from) => {
      const count = Math.ceil(values.length / size);
      const inputs = new Uint8Array(count * size);
      inputs.set(values);
      const split = { inputs, shape: [size], count, inputScale: 1 / 255 };
      const rows = values.map((value) => (value + from) % count);
      const into = new Float32Array(rows.length * size);
      gatherInputs(split, { rows }, into);
      const slow = rows.flatMap((row) => [...inputs.subarray(row * size, (row + 1) * size)]);
      expect(into).toEqual(Float32Array.from(slow, (byte) => byte * (1 / 255)));
    }),
  );
});

describe.each(backends)("on $description", (backend) => {
  const model = sequential(
    linear(3, 5),
    batchNorm(5),
    relu(),
    dropout({ rate: 0.4 }),
    linear(5, 4),
  );
  const weights = initialize(model, 9);

  // 521 is a prime above the chunk size: a whole chunk and a remainder.
  test("evaluate is the mean over every example, whatever their number", async () => {
    const result = await evaluate(model, weights, blobs.test, { loss: crossEntropy(), backend });
    const { data, shape } = await predict(model, weights, blobs.test, { backend });
    expect(shape).toEqual([521, 4]);
    let loss = 0;
    let correct = 0;
    for (let row = 0; row < 521; row++) {
      const logits = [...data.subarray(4 * row, 4 * row + 4)];
      const label = blobs.test.targets[row]!;
      loss += Math.log(logits.reduce((sum, x) => sum + Math.exp(x), 0)) - logits[label]!;
      correct += logits.indexOf(Math.max(...logits)) === label ? 1 : 0;
    }
    expect(result.loss).toBeCloseTo(loss / 521, 5);
    expect(result.accuracy).toBe(correct / 521);
    expect(result).toMatchObject({ examples: 521, statistics: "running" });
    const told = { loss: crossEntropy(), backend, statistics: "population" } as const;
    const again = await evaluate(model, weights, blobs.test, told);
    expect(again).toEqual({ ...result, statistics: "population" });
  });

  test("predict reads each example on its own: bytes are scaled, order is kept", async () => {
    const bytes = { inputs: Uint8Array.of(0, 51, 102, 255, 204, 153), shape: [3], count: 2 };
    const numbers = { ...bytes, inputs: Float32Array.of(0, 0.2, 0.4, 1, 0.8, 0.6) };
    const scaled = await predict(model, weights, { ...bytes, inputScale: 1 / 255 }, { backend });
    const direct = await predict(model, weights, numbers, { backend });
    scaled.data.forEach((value, i) => expect(value).toBeCloseTo(direct.data[i]!, 5));
    const second = { ...numbers, inputs: numbers.inputs.slice(3), count: 1 };
    const alone = await predict(model, weights, second, { backend });
    alone.data.forEach((value, i) => expect(value).toBeCloseTo(direct.data[4 + i]!, 5));
  });

  test("population statistics are Algorithm 2's: means over the mini-batches, layer by layer", async () => {
    const deep = sequential(batchNorm(3), dropout({ rate: 0.5 }), batchNorm(3));
    const first = initialize(deep, 1);
    const found = await populationStatistics(deep, first, blobs.train, {
      batchSize: 10,
      seed: 5,
      backend,
    });
    const slow = algorithm2(blobs.train, 10, 5);
    for (const [path, values] of Object.entries(slow)) {
      found.get(path)!.data.forEach((value, i) => expect(value, path).toBeCloseTo(values[i]!, 5));
    }
    expect(found.get("0.scale")).toEqual(first.get("0.scale"));
    expect(first.get("0.mean")!.data).toEqual(new Float32Array(3));
  });

  test("a model without running statistics keeps its weights", async () => {
    const plain = sequential(linear(3, 2));
    const first = initialize(plain, 1);
    expect(
      await populationStatistics(plain, first, blobs.train, { batchSize: 5, backend }),
    ).toEqual(first);
  });

  test("refuses weights of another model, and writes nothing", async () => {
    const other: Weights = new Map<string, Tensor>([...weights].slice(1));
    const run = evaluate(model, other, blobs.test, { loss: crossEntropy(), backend });
    await expect(run).rejects.toThrow(DataError);
    await expect(run).rejects.toThrow(
      'evaluate: weights must fit the model, got missing "0.weight"',
    );
  });

  test.each([0, 38, 2.5])("population statistics refuse mini-batches of %s", async (batchSize) => {
    const run = populationStatistics(model, weights, blobs.train, { batchSize, backend });
    await expect(run).rejects.toThrow(OptionError);
    await expect(run).rejects.toThrow(
      `populationStatistics: batchSize must be an integer in [1, 37], got ${batchSize}`,
    );
  });
});

/** The statistics of batchNorm, batchNorm over mini-batches, written out in float64. */
function algorithm2(split: Split, size: number, seed: number): Record<string, number[]> {
  const order = shuffledIndices(split.count, seed, 0);
  const batches = Math.floor(split.count / size);
  const sums: Record<string, number[]> = {};
  for (let batch = 0; batch < batches; batch++) {
    let rows = [...order.subarray(batch * size, (batch + 1) * size)].map((row) => [
      ...split.inputs.subarray(3 * row, 3 * row + 3),
    ]);
    for (const layer of ["0", "2"]) {
      const means = [0, 1, 2].map((c) => rows.reduce((sum, row) => sum + row[c]!, 0) / size);
      const biased = means.map(
        (mean, c) => rows.reduce((sum, row) => sum + (row[c]! - mean) ** 2, 0) / size,
      );
      const unbiased = biased.map((value) => (value * size) / (size - 1));
      accumulate(sums, `${layer}.mean`, means, batches);
      accumulate(sums, `${layer}.variance`, unbiased, batches);
      rows = rows.map((row) => row.map((x, c) => (x - means[c]!) / Math.sqrt(biased[c]! + 1e-5)));
    }
  }
  return sums;
}

function accumulate(
  sums: Record<string, number[]>,
  path: string,
  values: number[],
  batches: number,
): void {
  const before = sums[path] ?? values.map(() => 0);
  sums[path] = before.map((sum, i) => sum + values[i]! / batches);
}
