/** Every layer, with generated shapes and options, on every backend against the float64 interpreter. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sizeOf, type Shape } from "../src/base/shape.ts";
import {
  alphaDropout,
  avgPool2d,
  batchNorm,
  batchRenorm,
  conv2d,
  dropBlock,
  dropConnect,
  dropout,
  elu,
  featureAlphaDropout,
  flatten,
  gaussianDropout,
  gelu,
  ghostBatchNorm,
  globalAvgPool2d,
  groupNorm,
  instanceNorm,
  layerNorm,
  leakyRelu,
  linear,
  localResponseNorm,
  lpBatchNorm,
  maxPool2d,
  meanOnlyBatchNorm,
  noisyBatchNorm,
  parallel,
  relu,
  residual,
  rmsNorm,
  selu,
  sequential,
  sigmoid,
  silu,
  softmax,
  softplus,
  spatialDropout,
  spectralNorm,
  stochasticDepth,
  tanh,
  unitNoise,
  weightNorm,
  weightStandardization,
  type Module,
} from "../src/nn/index.ts";
import { backends } from "./backends.ts";
import { gaussians, runLayer, type LayerResult } from "./run-layer.ts";

/** Of the largest number of an array, or 1: f32 against f64 through a statistic and back. */
const TOLERANCE = 2e-5;

/** Of each family on each WebAssembly backend; a native one compiles for each and has five. */
const RUNS = Number(process.env["EVENKEEL_LAYERS"] ?? 40);

interface Drawn {
  readonly layer: Module;
  readonly shape: Shape;
}

// From three on: two values that share a mean are ±1 whatever they are, and in f32 the gradient of
// what is constant is nothing but rounding. Batches of two are held against PyTorch.
const count = fc.integer({ min: 3, max: 6 });
const side = fc.integer({ min: 3, max: 5 });
const width = fc.integer({ min: 3, max: 9 });
const keep = fc.constantFrom(0.3, 0.5, 0.9);
const bits = fc.boolean();

/** [N, ...S, C] with the stated numbers of spatial axes. */
const shapes = (...ranks: number[]): fc.Arbitrary<Shape> =>
  fc
    .tuple(fc.constantFrom(...ranks), count, side, side, width)
    .map(([rank, n, h, w, c]) => [n, ...[h, w].slice(0, rank), c]);

/** A layer made for the shape's channels, from two options in [0, 1] and two flags. */
function of(
  shape: fc.Arbitrary<Shape>,
  make: (
    channels: number,
    options: { readonly kept: number; readonly scale: boolean; readonly shift: boolean },
    shape: Shape,
  ) => Module,
): fc.Arbitrary<Drawn> {
  return fc.tuple(shape, keep, bits, bits).map(([drawn, kept, scale, shift]) => {
    return { shape: drawn, layer: make(drawn.at(-1)!, { kept, scale, shift }, drawn) };
  });
}

const any = shapes(0, 1, 2);
const spatial = shapes(1, 2);
const flat = shapes(0);

const families: Readonly<Record<string, fc.Arbitrary<Drawn>>> = {
  activations: fc.oneof(
    ...[relu, leakyRelu, elu, selu, gelu, silu, softplus, sigmoid, tanh, softmax].map((make) =>
      of(any, () => make()),
    ),
    of(any, (_, { kept }) => leakyRelu({ slope: kept })),
    of(any, (_, { kept }) => elu({ alpha: kept })),
    of(any, (_, { kept }) => softplus({ beta: 3 * kept })),
    of(any, () => gelu({ form: "tanh" })),
  ),
  "dense layers and windows": fc.oneof(
    of(any, (c, { shift }) => linear(c, 4, { bias: shift })),
    of(spatial, (c, _, [, ...sizes]) => sequential(flatten(), linear(sizeOf(sizes), c))),
    ...[1, 2, "each"].map((groups) =>
      of(shapes(2), (c, { scale, shift }) => {
        const split = groups === "each" ? c : c % 2 === 0 ? Number(groups) : 1;
        const options = { stride: scale ? 2 : 1, dilation: shift ? 2 : 1, bias: shift };
        return conv2d(c, 2 * c, 2, { ...options, padding: "same", groups: split });
      }),
    ),
    of(shapes(2), (c, { scale, shift }) =>
      conv2d(c, 3, [3, 2], { stride: scale ? [1, 2] : 1, padding: shift ? [1, 0] : "valid" }),
    ),
    ...[maxPool2d, avgPool2d].map((pool) =>
      of(shapes(2), (_, { scale, shift }) =>
        pool(scale ? 2 : [3, 2], { stride: shift ? 1 : [2, 1], padding: scale ? "same" : [1, 0] }),
      ),
    ),
    of(shapes(2), () => globalAvgPool2d()),
  ),
  dropouts: fc.oneof(
    ...[dropout, gaussianDropout, alphaDropout].map((make) =>
      of(any, (_, { kept }) => make({ keep: kept })),
    ),
    ...[spatialDropout, featureAlphaDropout].map((make) =>
      of(spatial, (_, { kept }) => make({ keep: kept })),
    ),
    of(any, () => unitNoise()),
    of(spatial, (_, { kept, scale }) => dropBlock({ keep: kept, blockSize: scale ? 2 : 3 })),
    of(any, (c, { kept, scale }) =>
      stochasticDepth(linear(c, c), { keep: kept, per: scale ? "batch" : "example" }),
    ),
    of(flat, (c, { kept, scale }) =>
      dropConnect(linear(c, 3), { keep: kept, per: scale ? "batch" : "example" }),
    ),
  ),
  "batch statistics": fc.oneof(
    of(any, (c, { kept, scale, shift }) => batchNorm(c, { decay: kept, scale, shift })),
    of(any, (c, { scale, shift }) => batchNorm(c, { decay: "cumulative", scale, shift })),
    of(any, (c, { scale }) => batchNorm(c, { statistics: "batch", scale })),
    of(any, (c, { scale }) => batchNorm(c, { frozen: true, scale })),
    of(any, (c, options) => noisyBatchNorm(c, options)),
    of(spatial, (c, { kept, ...affine }) =>
      ghostBatchNorm(c, { ghostSize: 1, decay: kept, ...affine }),
    ),
    of(any, (c, { kept, ...affine }, [n]) =>
      ghostBatchNorm(c, { ghostSize: n!, decay: kept, ...affine }),
    ),
    of(any, (c, { kept, ...affine }) => batchRenorm(c, { decay: kept, ...affine })),
    of(any, (c, { kept, shift }) => meanOnlyBatchNorm(c, { decay: kept, shift })),
    ...[1, 1.5, 2, 4, Infinity].map((order) =>
      of(any, (c, { kept, ...affine }) => lpBatchNorm(c, { order, decay: kept, ...affine })),
    ),
  ),
  "statistics of single examples": fc.oneof(
    of(any, (c, affine) => layerNorm(c, affine)),
    of(spatial, (_, affine, shape) => layerNorm(shape.slice(1), affine)),
    of(any, (c, { scale }) => rmsNorm(c, { scale })),
    of(spatial, (c, affine) => groupNorm(c, c, affine)),
    of(spatial, (c, affine) => groupNorm(c % 2 === 0 ? 2 : 1, c, affine)),
    of(spatial, (c, { kept, ...affine }) =>
      instanceNorm(c, { statistics: "running", decay: kept, ...affine }),
    ),
    of(any, (c, { kept }) => localResponseNorm({ size: Math.min(c, 4), alpha: kept })),
  ),
  "wrapped weights": fc.oneof(
    ...[weightNorm, spectralNorm, weightStandardization].map((wrap) =>
      of(any, (c, { scale }) => wrap(linear(c, 3, { bias: scale }))),
    ),
    ...[weightNorm, spectralNorm, weightStandardization].map((wrap) =>
      of(shapes(2), (c, { scale }) => wrap(conv2d(c, 3, 2, { bias: scale, padding: "same" }))),
    ),
    of(shapes(2), (c, { kept }) => dropConnect(conv2d(c, 2, 2), { keep: kept })),
  ),
  branches: fc.oneof(
    of(any, (c, { kept }) =>
      residual(sequential(linear(c, c), batchNorm(c), silu(), dropout({ keep: kept }))),
    ),
    of(any, (c, { scale }) =>
      parallel([linear(c, 3), sequential(linear(c, 3), layerNorm(3))], scale ? "add" : "concat"),
    ),
  ),
};

/** The largest difference in any result, relative to the largest number of its array, or 1. */
function apart(found: LayerResult, expected: LayerResult): number {
  const arrays = (result: LayerResult): Float32Array[] => [
    result.y,
    result.dx,
    ...result.gradients.values(),
    ...result.after.values(),
  ];
  const others = arrays(found);
  const worst = arrays(expected).map((values, k) => {
    const size = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    return values.reduce((most, value, i) => {
      const gap = Math.abs(value - others[k]![i]!) / size;
      return Number.isNaN(gap) ? Infinity : Math.max(most, gap);
    }, 0);
  });
  return Math.max(...worst);
}

const compiled = backends.filter(({ name }) => name !== "reference");

describe.each(compiled)("generated layers on $description", (backend) => {
  test.each(Object.entries(families))("%s", async (_, family) => {
    await fc.assert(
      fc.asyncProperty(family, bits, async ({ layer, shape }, inTraining) => {
        const model = sequential(layer);
        const x = gaussians(sizeOf(shape), 1);
        const phase = inTraining ? "train" : "eval";
        const once = await runLayer(model, shape, x, { phase });
        const options = { phase, along: gaussians(once.y.length, 2) } as const;
        const expected = await runLayer(model, shape, x, options);
        const found = await runLayer(model, shape, x, { ...options, backend });
        expect(apart(found, expected), `${layer.label} on [${shape.join()}]`).toBeLessThan(
          TOLERANCE,
        );
      }),
      { numRuns: backend.name === "native" ? 5 : RUNS, seed: 20_161_231 },
    );
  });
});
