import { describe, expect, test } from "vitest";
import { digitsSample } from "./digits-sample.ts";
import { take } from "./take.ts";

describe("digitsSample", () => {
  test("holds 40 + 10 images of each digit", async () => {
    const { train, test: held, classes, hash } = await digitsSample();
    for (const { split, each } of [
      { split: train, each: 40 },
      { split: held, each: 10 },
    ]) {
      const counts = new Array<number>(10).fill(0);
      for (const label of split.targets) counts[label]!++;
      expect(counts).toEqual(new Array<number>(10).fill(each));
      expect(split.inputs).toHaveLength(split.count * 784);
    }
    expect(classes).toBe(10);
    expect(hash).toBe("ae339d7835c6b2a8f6b2f8c11793d323f4add2f5ac171823a320a590f974e260");
  });

  test("comes in the shape that convolutions want, or says that it does not fit", async () => {
    const { train } = await digitsSample({ shape: [28, 28, 1] });
    expect(train.shape).toEqual([28, 28, 1]);
    expect(train.inputs).toEqual((await digitsSample()).train.inputs);
    await expect(digitsSample({ shape: [28] })).rejects.toThrow(
      "digits-sample: shape must hold 28 x 28 = 784 pixels, got [28]",
    );
  });

  // The nearest of ten class means: pixels and labels that do not belong together give 10 %.
  test("its labels fit its images", async () => {
    const { train, test: held } = await digitsSample();
    const means = Array.from({ length: 10 }, () => new Float64Array(784));
    for (let i = 0; i < train.count; i++) {
      const mean = means[train.targets[i]!]!;
      for (let j = 0; j < 784; j++) mean[j]! += train.inputs[i * 784 + j]! / 40;
    }
    const distance = (i: number, digit: number): number =>
      means[digit]!.reduce((sum, mean, j) => sum + (mean - held.inputs[i * 784 + j]!) ** 2, 0);
    let right = 0;
    for (let i = 0; i < held.count; i++) {
      const distances = means.map((_, digit) => distance(i, digit));
      if (distances.indexOf(Math.min(...distances)) === held.targets[i]) right++;
    }
    expect(right).toBeGreaterThan(65);
  });
});

describe("take", () => {
  test("keeps the first examples and says so in the hash", async () => {
    const all = await digitsSample();
    const few = await take(all, { train: 20 });
    expect(few.train.count).toBe(20);
    expect(few.train.inputs).toEqual(all.train.inputs.subarray(0, 20 * 784));
    expect(few.train.targets).toEqual(all.train.targets.subarray(0, 20));
    expect(few.test).toBe(all.test);
    expect(few.hash).not.toBe(all.hash);
    expect((await take(all, {})).hash).toBe(all.hash);
  });

  test.each([0, 401, 1.5])("refuses to take %d of 400", async (train) => {
    await expect(take(await digitsSample(), { train })).rejects.toThrow(
      `take: train must be an integer in [1, 400], got ${train}`,
    );
  });
});
