import { describe, expect, test } from "vitest";
import { OptionError, ShapeError } from "../base/errors.ts";
import { streamKey } from "../base/random.ts";
import { sizeOf, type Shape } from "../base/shape.ts";
import { input } from "../graph/ops/input.ts";
import { reference } from "../run/reference.ts";
import { batchNorm } from "./batch-norm.ts";
import { dropout, type DropoutOptions } from "./dropout.ts";
import { flatten } from "./flatten.ts";
import { ones, zeros } from "./initializers.ts";
import { linear } from "./linear.ts";
import type { Module, Phase } from "./module.ts";
import { relu } from "./relu.ts";
import { sequential } from "./sequential.ts";
import { trace } from "./trace.ts";
import { initializeMembers } from "./weights.ts";

interface Applied {
  readonly shape: Shape;
  readonly y: Float32Array;
  /** What the statistics are afterwards, by path. */
  readonly after: ReadonlyMap<string, Float32Array>;
}

/** Runs a layer once on the reference backend, on its own first values. */
async function applied(
  model: Module,
  shape: Shape,
  x: ArrayLike<number>,
  options: { readonly phase?: Phase; readonly step?: number } = {},
): Promise<Applied> {
  const { phase = "train", step = 0 } = options;
  const found = trace(model, input("x", shape), { phase });
  const session = await reference.open();
  const { updates } = found;
  const executable = await session.compile({ outputs: { y: found.output }, writes: updates });
  for (const [path, { data }] of initializeMembers(found.tree.members, 1)) {
    session.write(found.tree.members.find((member) => member.path === path)!.slot, data);
  }
  executable.input("x").set(x);
  for (const stream of found.randomStreams) {
    executable.input(stream.input).set(streamKey(1, stream.stream, step));
  }
  executable.run();
  const y = Float32Array.from(executable.output("y"));
  const after = updates.map(
    ({ path, slot }) => [path, Float32Array.from(session.read(slot))] as const,
  );
  return { shape: found.output.shape, y, after: new Map(after) };
}

const meanOf = (values: Float32Array): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

describe("linear", () => {
  test("multiplies rows of any rank and adds the bias", async () => {
    const layer = linear(2, 3, { weight: ones, bias: ones });
    const { shape, y } = await applied(layer, [2, 1, 2], [1, 2, 3, 4]);
    expect(shape).toEqual([2, 1, 3]);
    expect(y).toEqual(Float32Array.of(4, 4, 4, 8, 8, 8));
  });

  test("has no bias on request", async () => {
    const layer = linear(2, 1, { weight: ones, bias: false });
    expect(layer.bias).toBeNull();
    expect((await applied(layer, [1, 2], [1, 2])).y).toEqual(Float32Array.of(3));
  });

  test("refuses what does not fit", () => {
    const on = (shape: Shape) => () =>
      trace(sequential(linear(784, 10)), input("x", shape), { phase: "train" });
    expect(on([60, 64])).toThrow(
      /^linear\(784, 10\): input has 64 features, expected 784 \(layer "0" of sequential\)$/,
    );
    expect(on([60, 28, 28, 1])).toThrow(
      "input has 1 features, expected 784; put flatten() before it",
    );
    expect(on([784])).toThrow("linear(784, 10): input must have a batch axis, got [784]");
    expect(() => linear(0, 3)).toThrow(OptionError);
    expect(() => linear(2.5, 3)).toThrow(
      "linear(2.5, 3): sizes must be positive integers, got 2.5",
    );
  });
});

describe("flatten and relu", () => {
  test("join the axes behind the batch, and cut below zero", async () => {
    const { shape, y } = await applied(sequential(flatten(), relu()), [2, 1, 2], [1, -2, -3, 4]);
    expect(shape).toEqual([2, 2]);
    expect(y).toEqual(Float32Array.of(1, 0, 0, 4));
  });
});

describe("batchNorm", () => {
  // Channel 0: 1, 3, 5, 7, mean 4, biased variance 5, unbiased 20/3. Channel 1 is constant.
  const x = [1, 2, 3, 2, 5, 2, 7, 2];

  test.each([[[4, 2]], [[2, 2, 2]], [[1, 2, 2, 2]]])(
    "normalizes %s over all axes but the last",
    async (shape) => {
      const { y, after } = await applied(batchNorm(2), shape, x);
      const r = 1 / Math.sqrt(5 + 1e-5);
      const expected = [-3 * r, 0, -r, 0, r, 0, 3 * r, 0];
      y.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 6));
      expect(after.get("mean")![0]).toBeCloseTo(0.1 * 4, 6);
      expect(after.get("mean")![1]).toBeCloseTo(0.1 * 2, 6);
      expect(after.get("variance")![0]).toBeCloseTo(0.9 + 0.1 * (20 / 3), 6);
      expect(after.get("variance")![1]).toBeCloseTo(0.9, 6);
    },
  );

  test("uses the running statistics in phase eval, even on one example", async () => {
    const { y } = await applied(batchNorm(2), [1, 2], [3, -1], { phase: "eval" });
    expect(y[0]).toBeCloseTo(3 / Math.sqrt(1 + 1e-5), 6);
    expect(y[1]).toBeCloseTo(-1 / Math.sqrt(1 + 1e-5), 6);
  });

  test("keeps its digits where the mean is far from zero", async () => {
    const far = Array.from({ length: 64 }, (_, i) => 1e4 + (i % 2));
    const { y } = await applied(batchNorm(1), [64, 1], far);
    y.forEach((value, i) => expect(value).toBeCloseTo(i % 2 ? 1 : -1, 4));
  });

  test("as Keras: eps 1e-3, decay 0.99, the biased variance stored", async () => {
    const { y, after } = await applied(batchNorm(2, { like: "keras" }), [4, 2], x);
    expect(y[0]).toBeCloseTo(-3 / Math.sqrt(5.001), 6);
    expect(after.get("mean")![0]).toBeCloseTo(0.01 * 4, 6);
    expect(after.get("variance")![0]).toBeCloseTo(0.99 + 0.01 * 5, 6);
    const own = await applied(batchNorm(2, { like: "keras", decay: 0 }), [4, 2], x);
    expect(own.after.get("variance")![0]).toBeCloseTo(5, 6);
  });

  test("learns scale and shift only on request", () => {
    const { scale, shift } = batchNorm(2, { scale: false });
    expect([scale, shift?.kind]).toEqual([null, "parameter"]);
    expect(batchNorm(2, { shift: false }).shift).toBeNull();
  });

  test.each<[() => unknown, string]>([
    [() => batchNorm(2, { decay: 1 }), "batchNorm(2): decay must be in [0, 1), got 1"],
    [() => batchNorm(2, { eps: 0 }), "batchNorm(2): eps must be positive, got 0"],
    [() => batchNorm(0), "batchNorm(0): sizes must be positive integers, got 0"],
    [
      () => batchNorm(2, { like: "jax" as "torch" }),
      'batchNorm(2): like must be "torch" or "keras", got "jax"',
    ],
  ])("refuses %s", (make, message) => {
    expect(make).toThrow(OptionError);
    expect(make).toThrow(message);
  });

  test("refuses to train on one value per channel", () => {
    const run = () => trace(sequential(batchNorm(2)), input("x", [1, 2]), { phase: "train" });
    expect(run).toThrow(ShapeError);
    expect(run).toThrow(
      /^batchNorm\(2\): training needs m ≥ 2 values per channel, got m = 1 \(layer "0" of sequential\)$/,
    );
  });
});

describe("dropout", () => {
  const shape = [50, 80];
  const x = new Float32Array(sizeOf(shape)).fill(2);

  test("drops its share and scales the rest; rate is 1 − keep", async () => {
    const { y } = await applied(dropout({ rate: 0.25 }), shape, x);
    const values = new Set(y);
    expect(values).toEqual(new Set([0, Math.fround(2 / 0.75)]));
    // Four standard errors of a share of 0.25 in 4,000 draws.
    const dropped = y.filter((value) => value === 0).length / y.length;
    expect(Math.abs(dropped - 0.25)).toBeLessThan(4 * Math.sqrt((0.25 * 0.75) / y.length));
    expect((await applied(dropout({ keep: 0.75 }), shape, x)).y).toEqual(y);
  });

  test("draws a new mask at each step and the same one in each run", async () => {
    const at = (step: number) => applied(dropout({ keep: 0.5 }), shape, x, { step });
    expect((await at(3)).y).toEqual((await at(3)).y);
    expect((await at(3)).y).not.toEqual((await at(4)).y);
  });

  test.each(["scale-inverted", "scale-weights"] as const)(
    "%s: training agrees with test in expectation",
    async (testTime) => {
      const layer = dropout({ keep: 0.3, testTime });
      const train = meanOf((await applied(layer, shape, x)).y);
      const atTest = (await applied(layer, shape, x, { phase: "eval" })).y;
      const scale = testTime === "scale-inverted" ? 1 : 0.3;
      expect(new Set(atTest)).toEqual(new Set([Math.fround(2 * scale)]));
      const standardError = (2 * scale * Math.sqrt(0.7 / 0.3)) / Math.sqrt(x.length);
      expect(Math.abs(train - atTest[0]!)).toBeLessThan(4 * standardError);
    },
  );

  test("with keep 1 is no layer at all", () => {
    const value = input("x", [2, 2]);
    expect(trace(dropout({ keep: 1 }), value, { phase: "train" }).output).toBe(value);
  });

  test.each<[DropoutOptions, string]>([
    [{ rate: 1 }, "dropout: rate must be in [0, 1), got 1"],
    [{ rate: -0.1 }, "dropout: rate must be in [0, 1), got -0.1"],
    [{ keep: 0 }, "dropout: keep must be in (0, 1], got 0"],
    [{ keep: Number.NaN }, "dropout: keep must be in (0, 1], got NaN"],
    [{} as DropoutOptions, "dropout: takes exactly one of rate and keep, got neither"],
    [
      { rate: 0.5, keep: 0.5 } as unknown as DropoutOptions,
      "dropout: takes exactly one of rate and keep, got rate 0.5 and keep 0.5",
    ],
    [
      { keep: 0.5, testTime: "later" as "scale-weights" },
      'dropout: testTime must be "scale-inverted" or "scale-weights", got "later"',
    ],
  ])("refuses %o", (options, message) => {
    expect(() => dropout(options)).toThrow(OptionError);
    expect(() => dropout(options)).toThrow(message);
  });
});

describe("an initializer given to linear", () => {
  test("is used for the bias too", async () => {
    const layer = linear(1, 2, { weight: zeros, bias: ones });
    expect((await applied(layer, [1, 1], [9])).y).toEqual(Float32Array.of(1, 1));
  });
});
