import { describe, expect, test } from "vitest";
import { OptionError } from "../base/errors.ts";
import { gaussianBlobs, teacherRegression, twoMoons } from "./generated.ts";

const makers = { twoMoons, gaussianBlobs, teacherRegression };

function moments(values: ArrayLike<number>): { mean: number; variance: number } {
  const all = Array.from(values);
  const mean = all.reduce((sum, x) => sum + x, 0) / all.length;
  return { mean, variance: all.reduce((sum, x) => sum + (x - mean) ** 2, 0) / all.length };
}

describe.each(Object.entries(makers))("%s", (name, make) => {
  test("is a function of its options", async () => {
    const first = await make({ train: 50, test: 20, seed: 3 });
    expect(await make({ train: 50, test: 20, seed: 3 })).toEqual(first);
    expect((await make({ train: 50, test: 20, seed: 4 })).hash).not.toBe(first.hash);
    expect([first.train.count, first.test.count]).toEqual([50, 20]);
    expect([...first.train.inputs].every(Number.isFinite)).toBe(true);
    // Not the same examples twice.
    expect([...first.test.inputs.subarray(0, 8)]).not.toEqual([
      ...first.train.inputs.subarray(0, 8),
    ]);
  });

  test.each([
    [{ train: 0 }, "train must be a positive integer, got 0"],
    [{ test: 2.5 }, "test must be a positive integer, got 2.5"],
    [{ noise: -1 }, "noise must be a finite number of at least 0, got -1"],
    [{ noise: Number.NaN }, "noise must be a finite number of at least 0, got NaN"],
  ])("refuses %o", async (options, message) => {
    await expect(make(options)).rejects.toThrow(new OptionError(`${name}: ${message}`));
  });
});

test("two moons without noise lie on their half circles", async () => {
  const { train } = await twoMoons({ train: 200, noise: 0 });
  for (let i = 0; i < 200; i++) {
    const [x, y] = [train.inputs[2 * i]!, train.inputs[2 * i + 1]!];
    const upper = train.targets[i] === 0;
    expect(upper ? Math.hypot(x, y) : Math.hypot(x - 1, y - 0.5)).toBeCloseTo(1, 5);
    expect(upper ? y >= 0 : y <= 0.5).toBe(true);
  }
});

test("blobs have the spread asked for, around one centre per class", async () => {
  const { train, classes } = await gaussianBlobs({
    train: 6000,
    classes: 2,
    features: 3,
    noise: 0.5,
  });
  expect(classes).toBe(2);
  const coordinates = [0, 1].flatMap((label) =>
    [0, 1, 2].map((feature) => {
      const own = Array.from(
        { length: 3000 },
        (_, i) => train.inputs[(2 * i + label) * 3 + feature]!,
      );
      return moments(own);
    }),
  );
  for (const { variance } of coordinates) expect(Math.sqrt(variance)).toBeCloseTo(0.5, 1);
  const distance = Math.hypot(
    ...[0, 1, 2].map((i) => coordinates[i]!.mean - coordinates[i + 3]!.mean),
  );
  expect(distance).toBeGreaterThan(0.5);
});

test("a teacher's targets depend on its inputs alone, and noise adds its variance", async () => {
  const clean = await teacherRegression({ train: 4000, noise: 0 });
  const noisy = await teacherRegression({ train: 4000, noise: 0.5 });
  expect(noisy.train.inputs).toEqual(clean.train.inputs);
  const added = moments(noisy.train.targets.map((target, i) => target - clean.train.targets[i]!));
  expect(added.mean).toBeCloseTo(0, 1);
  expect(Math.sqrt(added.variance)).toBeCloseTo(0.5, 1);
  expect(clean.train.targetShape).toEqual([1]);
  expect(moments(clean.train.inputs).variance).toBeCloseTo(1, 1);
});
