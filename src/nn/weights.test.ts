import { describe, expect, test } from "vitest";
import { DataError, OptionError } from "../base/errors.ts";
import { batchNorm } from "./batch-norm.ts";
import { linear } from "./linear.ts";
import { memberTree } from "./member-tree.ts";
import { defineModule, parameter } from "./module.ts";
import { sequential } from "./sequential.ts";
import { sigmoid } from "./sigmoid.ts";
import { checkWeights, initialize, type Tensor } from "./weights.ts";

const plain = sequential(linear(4, 3), sigmoid(), linear(3, 3), sigmoid(), linear(3, 3));
const normalized = sequential(
  linear(4, 3),
  batchNorm(3),
  sigmoid(),
  linear(3, 3),
  batchNorm(3),
  sigmoid(),
  linear(3, 3),
);

describe("initialize", () => {
  test("is a function of the seed", () => {
    expect(initialize(plain, 5)).toEqual(initialize(plain, 5));
    const [one, other] = [initialize(plain, 5), initialize(plain, 6)];
    for (const [path, { data }] of one) expect(data, path).not.toEqual(other.get(path)!.data);
  });

  test("gives layers of one shape different values", () => {
    const weights = initialize(plain, 1);
    expect(weights.get("2.weight")!.data).not.toEqual(weights.get("4.weight")!.data);
  });

  test("gives the same linear layers to a model with normalization in between", () => {
    const [without, within] = [initialize(plain, 3), initialize(normalized, 3)];
    for (const [from, to] of [
      ["0", "0"],
      ["2", "3"],
      ["4", "6"],
    ]) {
      for (const name of ["weight", "bias"]) {
        expect(within.get(`${to}.${name}`)).toEqual(without.get(`${from}.${name}`));
      }
    }
    expect(within.get("1.scale")!.data).toEqual(Float32Array.of(1, 1, 1));
    expect(within.get("4.variance")!.data).toEqual(Float32Array.of(1, 1, 1));
    expect(within.get("4.mean")!.data).toEqual(Float32Array.of(0, 0, 0));
  });

  test("is as PyTorch's Linear by default: uniform in ±1/√in, bias too", () => {
    const weights = initialize(linear(16, 200), 1);
    for (const [path, { data }] of weights) {
      const largest = Math.max(...[...data].map(Math.abs));
      expect(largest, path).toBeLessThanOrEqual(0.25);
      expect(largest, path).toBeGreaterThan(0.24);
    }
    expect([...weights.keys()]).toEqual(["weight", "bias"]);
  });

  test.each([-1, 0.5, Number.NaN, 2 ** 53])("refuses the seed %s", (seed) => {
    expect(() => initialize(plain, seed)).toThrow(OptionError);
    expect(() => initialize(plain, seed)).toThrow(
      `initialize: seed must be an integer in [0, 2^53), got ${seed}`,
    );
  });

  test("refuses an initializer that fills wrongly", () => {
    const gain = parameter([2], () => Float32Array.of(1));
    const broken = defineModule("broken", { gain }, (x) => x);
    expect(() => initialize(broken, 1)).toThrow(
      'initialize: the initializer of "gain" must return a Float32Array of 2 values, got 1',
    );
  });
});

describe("checkWeights", () => {
  const { members } = memberTree(sequential(linear(2, 3), batchNorm(3)));
  const right = (): Map<string, Tensor> =>
    new Map(initialize(sequential(linear(2, 3), batchNorm(3)), 1));

  test("accepts the model's own", () => {
    expect(() => checkWeights(members, right(), "load")).not.toThrow();
  });

  test("lists what is missing, unexpected and of another shape", () => {
    const wrong = right();
    wrong.delete("0.bias");
    wrong.set("head.weight", { shape: [1], dtype: "f32", data: new Float32Array(1) });
    wrong.set("0.weight", { shape: [3, 2], dtype: "f32", data: new Float32Array(6) });
    wrong.set("1.mean", { shape: [3], dtype: "i32", data: new Int32Array(3) });
    const load = (): void => checkWeights(members, wrong, "load");
    expect(load).toThrow(DataError);
    expect(load).toThrow(
      'load: weights must fit the model, got missing "0.bias"; unexpected "head.weight"; ' +
        '"0.weight" is f32 [3, 2], expected f32 [2, 3]; "1.mean" is i32 [3], expected f32 [3]',
    );
  });

  test("names ten at most", () => {
    const deep = sequential(...Array.from({ length: 6 }, () => linear(1, 1)));
    expect(() => checkWeights(memberTree(deep).members, new Map(), "load")).toThrow(
      '"4.weight", "4.bias" and 2 more',
    );
  });
});
