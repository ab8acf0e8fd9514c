import { digitsSample } from "evenkeel/data";
import { normal } from "evenkeel/nn";
import { describe, expect, test } from "vitest";
import { batchVariances } from "./batch-variances.ts";
import { preActivations } from "./pre-activations.ts";
import { withoutCorrection } from "./statistics-experiment.ts";

describe("the variances of batches", () => {
  test("of the whole data are the data's, biased and not", () => {
    const values = [1, 2, 4, 5, 9];
    const found = batchVariances(values, { batchSize: 5, epochs: 3, seed: 1 });
    expect(found.batches).toBe(3);
    expect(found.biased).toBeCloseTo(7.76, 12);
    expect(found.corrected).toBeCloseTo(9.7, 12);
    expect(found.population).toBeCloseTo(9.7, 12);
  });

  test("are (m − 1) / m of the data's in the mean, and the correction undoes it", async () => {
    const { train } = await digitsSample();
    const values = preActivations(train, normal({ std: 0.1 })([784], [3, 5]));
    for (const batchSize of [2, 4, 16]) {
      const found = batchVariances(values, { batchSize, epochs: 40, seed: 1 });
      expect(found.biased / found.population).toBeCloseTo((batchSize - 1) / batchSize, 1);
      expect(Math.abs(found.corrected / found.population - 1)).toBeLessThan(0.03);
    }
  });
});

test("pre-activations are products of pixels as the network sees them", () => {
  const inputs = Uint8Array.from([255, 0, 51, 102]);
  const examples = { inputs, inputScale: 1 / 255, shape: [2], count: 2 };
  const [first, second] = preActivations(examples, [2, -1]);
  expect(first).toBeCloseTo(2, 12);
  expect(second).toBeCloseTo(0, 12);
});

test("without the correction only variances shrink, by (m − 1) / m", () => {
  const tensor = { shape: [1], dtype: "f32", data: Float32Array.of(4) } as const;
  const weights = new Map([
    ["1.variance", tensor],
    ["1.mean", tensor],
  ]);
  const found = withoutCorrection(weights, 4);
  expect(found.get("1.variance")?.data[0]).toBe(3);
  expect(found.get("1.mean")?.data[0]).toBe(4);
});
