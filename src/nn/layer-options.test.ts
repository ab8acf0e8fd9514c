/** What the layers refuse, and how they say it. */
import { describe, expect, test } from "vitest";
import { OptionError, ShapeError } from "../base/errors.ts";
import type { Shape } from "../base/shape.ts";
import { input } from "../graph/ops/input.ts";
import {
  alphaDropout,
  batchNorm,
  batchRenorm,
  conv2d,
  dropBlock,
  dropConnect,
  elu,
  featureAlphaDropout,
  gaussianDropout,
  gelu,
  ghostBatchNorm,
  groupNorm,
  instanceNorm,
  layerNorm,
  leakyRelu,
  linear,
  localResponseNorm,
  lpBatchNorm,
  meanOnlyBatchNorm,
  memberTree,
  noisyBatchNorm,
  rmsNorm,
  sequential,
  softplus,
  spatialDropout,
  spectralNorm,
  stochasticDepth,
  trace,
  unitNoise,
  weightNorm,
  weightStandardization,
  type KeepOptions,
  type Module,
} from "./index.ts";

/** Options that the types refuse. */
const given = (options: object): never => options as never;

describe("an option out of range", () => {
  test.each<[() => unknown, string]>([
    [() => leakyRelu({ slope: 2 }), "leakyRelu: slope must be in [0, 1], got 2"],
    [() => elu({ alpha: 0 }), "elu: alpha must be positive, got 0"],
    [() => gelu(given({ form: "fast" })), 'gelu: form must be "erf" or "tanh", got "fast"'],
    [() => softplus({ beta: -1 }), "softplus: beta must be positive, got -1"],
    [
      () => dropBlock({ rate: 0.1, blockSize: 0 }),
      "dropBlock: blockSize must be a positive integer, got 0",
    ],
    [
      () => dropConnect(linear(2, 2), given({ keep: 0.5, per: "row" })),
      'dropConnect: per must be "batch" or "example", got "row"',
    ],
    [
      () => stochasticDepth(linear(2, 2), given({ keep: 0.5, per: "row" })),
      'stochasticDepth: per must be "example" or "batch", got "row"',
    ],
    [
      () => stochasticDepth(linear(2, 2), given({ keep: 0.5, testTime: "never" })),
      'stochasticDepth: testTime must be "scale-inverted" or "scale-weights", got "never"',
    ],
    [
      () => unitNoise({ meanRange: -1 }),
      "unitNoise: meanRange must be finite and not negative, got -1",
    ],
    [
      () => noisyBatchNorm(2, { scaleLimit: 0.5 }),
      "unitNoise: scaleLimit must be at least 1, got 0.5",
    ],
    [() => batchNorm(2, { decay: 1 }), "batchNorm(2): decay must be in [0, 1), got 1"],
    [
      () => batchNorm(2, given({ decay: "mean" })),
      "batchNorm(2): decay must be in [0, 1), got mean",
    ],
    [
      () => batchNorm(2, given({ statistics: "none" })),
      'batchNorm(2): statistics must be "running" or "batch", got "none"',
    ],
    [
      () => batchNorm(2, { frozen: true, statistics: "batch" }),
      'batchNorm(2): frozen needs statistics "running", got "batch"',
    ],
    [
      () => ghostBatchNorm(2, { ghostSize: 1.5 }),
      "ghostBatchNorm(2): ghostSize must be a positive integer, got 1.5",
    ],
    [() => lpBatchNorm(2, { order: 0.5 }), "lpBatchNorm(2): order must be at least 1, got 0.5"],
    [
      () => lpBatchNorm(2, { order: Number.NaN }),
      "lpBatchNorm(2): order must be at least 1, got NaN",
    ],
    [
      () => batchRenorm(2, { ratioLimit: 0.5 }),
      "batchRenorm(2): ratioLimit must be at least 1, got 0.5",
    ],
    [
      () => batchRenorm(2, { shiftLimit: -1 }),
      "batchRenorm(2): shiftLimit must not be negative, got -1",
    ],
    [
      () => batchRenorm(2, { ramp: { from: 5, to: 5 } }),
      "batchRenorm(2): ramp must be 0 ≤ from < to, got 5 and 5",
    ],
    [
      () => meanOnlyBatchNorm(2, { decay: -0.1 }),
      "meanOnlyBatchNorm(2): decay must be in [0, 1), got -0.1",
    ],
    [() => layerNorm(0), "layerNorm(0): sizes must be positive integers, got [0]"],
    [() => layerNorm([]), "layerNorm([]): sizes must be positive integers, got []"],
    [() => rmsNorm([3, -1]), "rmsNorm([3, -1]): sizes must be positive integers, got [3, -1]"],
    [() => layerNorm(3, { eps: 0 }), "layerNorm(3): eps must be positive, got 0"],
    [() => groupNorm(4, 6), "groupNorm(4, 6): groups must divide 6 channels, got 4"],
    [
      () => instanceNorm(3, given({ statistics: "batch" })),
      'instanceNorm(3): statistics must be "own" or "running", got "batch"',
    ],
    [
      () => localResponseNorm({ size: 0 }),
      "localResponseNorm: size must be a positive integer, got 0",
    ],
    [() => localResponseNorm({ size: 3, k: 0 }), "localResponseNorm: k must be positive, got 0"],
    [
      () => spectralNorm(linear(2, 2), { iterations: 0 }),
      "spectralNorm(linear(2, 2)): iterations must be a positive integer, got 0",
    ],
    [
      () => spectralNorm(linear(2, 2), { eps: 0 }),
      "spectralNorm(linear(2, 2)): eps must be positive, got 0",
    ],
  ])("is refused: %#", (make, message) => {
    expect(make).toThrow(OptionError);
    expect(make).toThrow(message);
  });

  const dropouts: Readonly<Record<string, (options: KeepOptions) => unknown>> = {
    spatialDropout,
    gaussianDropout,
    alphaDropout,
    featureAlphaDropout,
    dropBlock: (options) => dropBlock({ ...options, blockSize: 2 }),
    dropConnect: (options) => dropConnect(linear(2, 2), options),
    stochasticDepth: (options) => stochasticDepth(linear(2, 2), options),
  };

  test.each(Object.entries(dropouts))("%s takes exactly one of rate and keep", (name, make) => {
    expect(() => make({ rate: 1 })).toThrow(`${name}: rate must be in [0, 1), got 1`);
    expect(() => make({ keep: 0 })).toThrow(`${name}: keep must be in (0, 1], got 0`);
    expect(() => make(given({}))).toThrow(
      `${name}: takes exactly one of rate and keep, got neither`,
    );
    expect(() => make(given({ rate: 0.5, keep: 0.5 }))).toThrow(
      `${name}: takes exactly one of rate and keep, got rate 0.5 and keep 0.5`,
    );
  });
});

describe("an input that does not fit", () => {
  test.each<[Module, Shape, string]>([
    [
      spatialDropout({ keep: 0.5 }),
      [2, 3],
      "spatialDropout: input must be [N, ...S, C], got [2, 3]",
    ],
    [
      featureAlphaDropout({ keep: 0.5 }),
      [2, 3],
      "featureAlphaDropout: input must be [N, ...S, C], got [2, 3]",
    ],
    [
      dropBlock({ keep: 0.5, blockSize: 2 }),
      [2, 3],
      "dropBlock: input must be [N, ...S, C], got [2, 3]",
    ],
    [
      dropConnect(conv2d(1, 2, 3), { keep: 0.5, per: "example" }),
      [1, 5, 5, 1],
      "dropConnect: one mask per example needs a dense layer, got weight [3, 3, 1, 2] on input [1, 5, 5, 1]",
    ],
    [
      ghostBatchNorm(3, { ghostSize: 4 }),
      [6, 3],
      "ghostBatchNorm(3): ghostSize 4 must divide N, got N = 6",
    ],
    [
      ghostBatchNorm(3, { ghostSize: 1 }),
      [6, 3],
      "ghostBatchNorm(3): training needs m ≥ 2 values per channel, got m = 1",
    ],
    [
      lpBatchNorm(3, { order: 1 }),
      [1, 3],
      "lpBatchNorm(3): training needs m ≥ 2 values per channel, got m = 1",
    ],
    [batchRenorm(3), [1, 3], "batchRenorm(3): training needs m ≥ 2 values per channel, got m = 1"],
    [
      meanOnlyBatchNorm(3),
      [1, 3],
      "meanOnlyBatchNorm(3): training needs m ≥ 2 values per channel, got m = 1",
    ],
    [noisyBatchNorm(3), [4, 2], "batchNorm(3): input has 2 features, expected 3"],
    [
      layerNorm([2, 3]),
      [4, 3, 2],
      "layerNorm([2, 3]): input must be [N, ..., 2, 3], got [4, 3, 2]",
    ],
    [layerNorm([2, 3]), [2, 3], "layerNorm([2, 3]): input must be [N, ..., 2, 3], got [2, 3]"],
    [layerNorm(1), [4, 1], "layerNorm(1): needs ≥ 2 features per mean, got 1"],
    [groupNorm(3, 3), [4, 3], "groupNorm(3, 3): needs ≥ 2 values per example and group, got 1"],
    [instanceNorm(3), [4, 3], "instanceNorm(3): needs ≥ 2 positions per example, got 1 in [4, 3]"],
    [
      localResponseNorm({ size: 3 }),
      [4],
      "localResponseNorm: input must have a batch axis, got [4]",
    ],
  ])("is refused: %#", (layer, shape, message) => {
    const run = (): unknown => trace(sequential(layer), input("x", shape), { phase: "train" });
    expect(run).toThrow(ShapeError);
    expect(run).toThrow(`${message} (layer "0" of sequential)`);
  });

  test("weights too few to standardize", () => {
    expect(() => weightStandardization(linear(1, 3))).toThrow(
      "weightStandardization(linear(1, 3)): needs ≥ 2 incoming weights per output, got 1",
    );
  });
});

describe("at the edges", () => {
  const dropouts: readonly Module[] = [
    spatialDropout({ keep: 1 }),
    gaussianDropout({ keep: 1 }),
    alphaDropout({ keep: 1 }),
    featureAlphaDropout({ keep: 1 }),
    dropBlock({ keep: 1, blockSize: 3 }),
  ];

  test.each(dropouts)("$label is no layer at all", (layer) => {
    const x = input("x", [2, 3, 3, 4]);
    expect(trace(layer, x, { phase: "train" }).output).toBe(x);
  });

  test("wrapped layers keep the names of what they wrap, and say what they are", () => {
    const layer = weightNorm(weightStandardization(linear(3, 2)));
    expect(memberTree(sequential(layer)).members.map(({ path }) => path)).toEqual([
      "0.weight",
      "0.bias",
      "0.gain",
    ]);
    expect(layer.label).toBe("weightNorm(weightStandardization(linear(3, 2)))");
  });

  test("a frozen batch norm has nothing to learn and nothing to update", () => {
    const layer = batchNorm(3, { frozen: true });
    const found = trace(layer, input("x", [1, 3]), { phase: "train" });
    expect([found.parameters, found.updates]).toEqual([[], []]);
    expect(memberTree(layer).members.map(({ path }) => path)).toEqual(
      memberTree(batchNorm(3)).members.map(({ path }) => path),
    );
  });
});
