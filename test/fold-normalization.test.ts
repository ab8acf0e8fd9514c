/** The network made for testing gives what the trained one gives in phase `eval`. */
import { describe, expect, test } from "vitest";
import { sizeOf, type Shape } from "../src/base/shape.ts";
import {
  batchNorm,
  batchRenorm,
  conv2d,
  dropConnect,
  dropout,
  flatten,
  foldNormalization,
  ghostBatchNorm,
  globalAvgPool2d,
  initialize,
  instanceNorm,
  layerNorm,
  linear,
  lpBatchNorm,
  meanOnlyBatchNorm,
  memberTree,
  noisyBatchNorm,
  parallel,
  relu,
  residual,
  sequential,
  spatialDropout,
  spectralNorm,
  stochasticDepth,
  trace,
  weightNorm,
  weightStandardization,
  type Module,
  type Weights,
} from "../src/nn/index.ts";
import { input } from "../src/graph/index.ts";
import { backends } from "./backends.ts";
import { largestDifference } from "./close-to.ts";
import { gaussians, runLayer } from "./run-layer.ts";

/** Parameters and statistics that are none of them 0 or 1. */
function seasoned(model: Module): Weights {
  return new Map(
    [...initialize(model, 3)].map(([path, tensor], k) => {
      const data = gaussians(tensor.data.length, k + 1);
      const isSpread = /(variance|norm|deviation|gain)$/.test(path);
      return [
        path,
        { ...tensor, data: data.map((value) => (isSpread ? 0.5 + Math.abs(value) : value)) },
      ];
    }),
  );
}

const labelsOf = (model: Module): string[] =>
  [...memberTree(model).modulePaths.keys()].map(({ label }) => label);

const models: Readonly<Record<string, () => readonly [Module, Shape, (string | RegExp)[]]>> = {
  "batchNorm behind linear, with and without bias": () => [
    sequential(
      linear(6, 5, { bias: false }),
      batchNorm(5),
      relu(),
      dropout({ rate: 0.3 }),
      linear(5, 4),
      batchNorm(4, { scale: false, shift: false }),
    ),
    [3, 6],
    ["sequential", "linear(6, 5)", "relu", "linear(5, 4)"],
  ],
  "dropout between the two": () => [
    sequential(linear(6, 5), dropout({ rate: 0.5, testTime: "scale-weights" }), batchNorm(5)),
    [3, 6],
    ["linear(6, 5)"],
  ],
  "its relatives": () => [
    sequential(
      linear(6, 5),
      lpBatchNorm(5, { order: 1 }),
      relu(),
      linear(5, 5),
      ghostBatchNorm(5, { ghostSize: 2 }),
      relu(),
      linear(5, 5),
      batchRenorm(5),
      relu(),
      linear(5, 5),
      meanOnlyBatchNorm(5),
      relu(),
      linear(5, 5),
      noisyBatchNorm(5),
    ),
    [3, 6],
    [
      "sequential",
      "linear(6, 5)",
      ...Array.from({ length: 4 }, () => ["relu", "linear(5, 5)"]).flat(),
    ],
  ],
  convolutions: () => [
    sequential(
      conv2d(2, 4, 3, { padding: "same", bias: false }),
      batchNorm(4),
      relu(),
      spatialDropout({ rate: 0.2 }),
      conv2d(4, 4, 3, { groups: 2, stride: 2 }),
      instanceNorm(4, { statistics: "running" }),
      globalAvgPool2d(),
      linear(4, 2),
    ),
    [2, 5, 5, 2],
    ["sequential", "conv2d(2, 4, 3)", "relu", "conv2d(4, 4, 3)", "globalAvgPool2d", "linear(4, 2)"],
  ],
  "branches and their joins": () => [
    sequential(
      residual(sequential(linear(6, 6), batchNorm(6), dropout({ rate: 0.5 })), {
        shortcut: sequential(linear(6, 6, { bias: false }), batchNorm(6)),
      }),
      stochasticDepth(sequential(linear(6, 6), batchNorm(6)), {
        keep: 0.6,
        testTime: "scale-weights",
      }),
      parallel([sequential(linear(6, 2), batchNorm(2)), linear(6, 3)], "concat"),
      batchNorm(5),
    ),
    [3, 6],
    [
      "sequential",
      "residual",
      "linear(6, 6)",
      "linear(6, 6)",
      "residual",
      "linear(6, 6)",
      'parallel("concat")',
      "linear(6, 2)",
      "linear(6, 3)",
      "batchNorm(5)",
    ],
  ],
  "weights made of others": () => [
    sequential(
      weightNorm(linear(6, 5)),
      batchNorm(5),
      relu(),
      spectralNorm(linear(5, 5)),
      relu(),
      weightNorm(weightStandardization(linear(5, 5))),
      batchNorm(5),
      dropConnect(linear(5, 4), { rate: 0.5 }),
    ),
    [3, 6],
    ["sequential", "linear(6, 5)", "relu", "linear(5, 5)", "relu", "linear(5, 5)", "linear(5, 4)"],
  ],
  "what cannot fold": () => [
    sequential(batchNorm(6), flatten(), linear(6, 5), layerNorm(5), batchNorm(5), relu()),
    [3, 6],
    [
      "sequential",
      "batchNorm(6)",
      "flatten",
      "linear(6, 5)",
      "layerNorm(5)",
      "batchNorm(5)",
      "relu",
    ],
  ],
};

describe.each(backends)("folded = unfolded on $description", (backend) => {
  test.each(Object.entries(models))("%s", async (_, make) => {
    const [model, shape, labels] = make();
    const weights = seasoned(model);
    const folded = foldNormalization(model, weights);
    expect(labelsOf(folded.model)).toEqual(labels);
    const x = gaussians(sizeOf(shape), 99);
    const expected = await runLayer(model, shape, x, { phase: "eval", weights, backend });
    const found = await runLayer(folded.model, shape, x, {
      phase: "eval",
      weights: folded.weights,
      backend,
    });
    const size = Math.max(...expected.y.map(Math.abs));
    const relative = (values: Float32Array): Float32Array => values.map((value) => value / size);
    expect(largestDifference(relative(found.y), relative(expected.y))).toBeLessThan(2e-6);
    expect(Math.max(...expected.y) - Math.min(...expected.y)).toBeGreaterThan(0.1);
  });
});

describe("folding", () => {
  test("leaves the given weights alone, and shared layers apart", () => {
    const shared = linear(4, 4);
    const model = sequential(shared, batchNorm(4), shared, batchNorm(4));
    const weights = seasoned(model);
    const before = new Map([...weights].map(([path, { data }]) => [path, data.slice()]));
    const folded = foldNormalization(model, weights);
    expect(labelsOf(folded.model)).toEqual(["sequential", "linear(4, 4)", "linear(4, 4)"]);
    expect(folded.weights.get("0.weight")!.data).not.toEqual(folded.weights.get("1.weight")!.data);
    expect(new Map([...weights].map(([path, { data }]) => [path, data]))).toEqual(before);
  });

  test("dropout alone is nothing at all", () => {
    const { model, weights } = foldNormalization(dropout({ rate: 0.5 }), new Map());
    const x = input("x", [2, 3]);
    expect(trace(model, x, { phase: "eval" }).output).toBe(x);
    expect(weights.size).toBe(0);
  });

  test("refuses weights of another model, and a spectral norm without its vectors", () => {
    expect(() => foldNormalization(linear(2, 2), new Map())).toThrow(
      'foldNormalization: weights must fit the model, got missing "weight", "bias"',
    );
    const model = spectralNorm(linear(2, 2));
    expect(() => foldNormalization(model, initialize(model, 0))).toThrow(
      "spectralNorm(linear(2, 2)): folding needs the vectors of a training step, got none",
    );
  });
});
