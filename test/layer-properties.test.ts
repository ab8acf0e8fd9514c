/** What normalizers must not notice, and what they must: the papers' invariances as tests. */
import { describe, expect, test } from "vitest";
import { sizeOf, type Shape } from "../src/base/shape.ts";
import {
  batchNorm,
  ghostBatchNorm,
  groupNorm,
  initialize,
  instanceNorm,
  layerNorm,
  linear,
  localResponseNorm,
  lpBatchNorm,
  meanOnlyBatchNorm,
  rmsNorm,
  sequential,
  spectralNorm,
  weightNorm,
  weightStandardization,
  type Module,
  type Weights,
} from "../src/nn/index.ts";
import { largestDifference } from "./close-to.ts";
import { gaussians, runLayer } from "./run-layer.ts";

/** Small against every variance here, so that invariances are exact to what f32 inputs allow. */
const eps = 1e-12;
const SAME = 1e-5;
const OTHER = 1e-2;

/** The same, another, or (null) too near to say. */
function verdictOf(difference: number): boolean | null {
  if (difference < SAME) return true;
  return difference > OTHER ? false : null;
}

const [N, IN, OUT] = [6, 5, 4];
const bare = { bias: false } as const;

/** A dense layer and its normalizer; the path of the weight matrix [in, out]. */
const dense: Readonly<Record<string, { readonly model: Module; readonly weight: string }>> = {
  batchNorm: {
    model: sequential(linear(IN, OUT, bare), batchNorm(OUT, { eps })),
    weight: "0.weight",
  },
  weightNorm: { model: sequential(weightNorm(linear(IN, OUT, bare))), weight: "0.weight" },
  layerNorm: {
    model: sequential(linear(IN, OUT, bare), layerNorm(OUT, { eps })),
    weight: "0.weight",
  },
};

interface Place {
  readonly w: Float32Array;
  readonly x: Float32Array;
}

/** The columns of Ba et al. 2016, Table 1. */
const changes: Readonly<Record<string, (place: Place) => Place>> = {
  "weight matrix rescaled": ({ w, x }) => ({ w: w.map((value) => 3 * value), x }),
  "weight matrix recentred": ({ w, x }) => ({
    w: w.map((value, i) => value + [0.5, -1, 0.25, 2, -0.75][Math.floor(i / OUT)]!),
    x,
  }),
  "one weight vector rescaled": ({ w, x }) => ({
    w: w.map((value, i) => (i % OUT === 1 ? 3 * value : value)),
    x,
  }),
  "data rescaled": ({ w, x }) => ({ w, x: x.map((value) => 3 * value) }),
  "data recentred": ({ w, x }) => ({
    w,
    x: x.map((value, i) => value + [0.5, -1, 0.25, 2, -0.75][i % IN]!),
  }),
  "one case rescaled": ({ w, x }) => ({
    w,
    x: x.map((value, i) => (Math.floor(i / IN) === 2 ? 3 * value : value)),
  }),
};

/** Ba et al. 2016, arXiv:1607.06450, Table 1. */
const invariant: Readonly<Record<string, readonly boolean[]>> = {
  batchNorm: [true, false, true, true, true, false],
  weightNorm: [true, false, true, false, false, false],
  layerNorm: [true, true, false, true, false, true],
};

const table = Object.entries(dense).flatMap(([name, { model, weight }]) =>
  Object.entries(changes).map(([change, move], column) => {
    return { name, model, weight, change, move, same: invariant[name]![column]! };
  }),
);

test.each(table)("$name, $change: invariant $same", async ({ model, weight, move, same }) => {
  for (const seed of [1, 2, 3]) {
    const weights = initialize(model, seed);
    const w = gaussians(IN * OUT, seed);
    const x = gaussians(N * IN, seed + 10);
    const at = async (place: Place): Promise<Float32Array> => {
      const moved = new Map(weights).set(weight, { shape: [IN, OUT], dtype: "f32", data: place.w });
      return (await runLayer(model, [N, IN], place.x, { weights: moved })).y;
    };
    const difference = largestDifference(await at(move({ w, x })), await at({ w, x }));
    expect(verdictOf(difference)).toBe(same);
  }
});

interface Claim {
  readonly layer: Module;
  readonly shape: Shape;
  readonly same: readonly (keyof typeof moves)[];
}

/** x [2, 3, 2, 6] moved by factors and offsets that are one per ... */
const moves = {
  "channel scaled": (value: number, _n: number, c: number) => value * (1 + c),
  "channel shifted": (value: number, _n: number, c: number) => value + c - 2,
  "example scaled": (value: number, n: number, _c: number) => value * (1 + 2 * n),
  "example shifted": (value: number, n: number, _c: number) => value + 2 * n - 1,
  "example and channel shifted": (value: number, n: number, c: number) => value + n * c,
  "example and group scaled": (value: number, n: number, c: number) =>
    value * (1 + n + Math.floor(c / 3)),
  "all scaled": (value: number, _n: number, _c: number) => value * 3,
} as const;

const image: Shape = [2, 3, 2, 6];

const claims: Readonly<Record<string, Claim>> = {
  batchNorm: {
    layer: batchNorm(6, { eps }),
    shape: image,
    same: ["channel scaled", "channel shifted", "all scaled"],
  },
  "ghostBatchNorm of single examples": {
    layer: ghostBatchNorm(6, { ghostSize: 1, eps }),
    shape: image,
    same: Object.keys(moves) as (keyof typeof moves)[],
  },
  instanceNorm: {
    layer: instanceNorm(6, { eps }),
    shape: image,
    same: Object.keys(moves) as (keyof typeof moves)[],
  },
  groupNorm: {
    layer: groupNorm(2, 6, { eps }),
    shape: image,
    same: ["example scaled", "example shifted", "example and group scaled", "all scaled"],
  },
  layerNorm: {
    layer: layerNorm(6, { eps }),
    shape: image,
    same: ["example scaled", "example shifted", "all scaled"],
  },
  rmsNorm: { layer: rmsNorm(6, { eps }), shape: image, same: ["example scaled", "all scaled"] },
  "lpBatchNorm 1": {
    layer: lpBatchNorm(6, { order: 1, eps }),
    shape: image,
    same: ["channel scaled", "all scaled"],
  },
  "lpBatchNorm 3": {
    layer: lpBatchNorm(6, { order: 3, eps }),
    shape: image,
    same: ["channel scaled", "all scaled"],
  },
  "lpBatchNorm ∞": {
    layer: lpBatchNorm(6, { order: Infinity, eps }),
    shape: image,
    same: ["channel scaled", "all scaled"],
  },
  meanOnlyBatchNorm: { layer: meanOnlyBatchNorm(6), shape: image, same: ["channel shifted"] },
  localResponseNorm: { layer: localResponseNorm({ size: 3, alpha: 1 }), shape: image, same: [] },
};

describe.each(Object.entries(claims))("%s", (_, { layer, shape, same }) => {
  test.each(Object.entries(moves))("%s", async (name, move) => {
    const [per, channels] = [sizeOf(shape.slice(1)), shape.at(-1)!];
    const x = gaussians(sizeOf(shape), 5);
    const moved = x.map((value, i) => move(value, Math.floor(i / per), i % channels));
    const before = (await runLayer(layer, shape, x)).y;
    const difference = largestDifference((await runLayer(layer, shape, moved)).y, before);
    expect(verdictOf(difference)).toBe((same as readonly string[]).includes(name));
  });
});

test("one group is layer normalization of everything, as many as channels instance normalization", async () => {
  const x = gaussians(sizeOf(image), 8);
  const of = async (layer: Module) => (await runLayer(layer, image, x)).y;
  expect(largestDifference(await of(groupNorm(1, 6)), await of(layerNorm([3, 2, 6])))).toBeLessThan(
    SAME,
  );
  expect(largestDifference(await of(groupNorm(6, 6)), await of(instanceNorm(6)))).toBeLessThan(
    SAME,
  );
});

describe("wrapped weights", () => {
  const run = async (model: Module, weights: Weights, w: Float32Array): Promise<Float32Array> => {
    const held = new Map(weights).set("weight", { shape: [IN, OUT], dtype: "f32", data: w });
    return (await runLayer(model, [N, IN], gaussians(N * IN, 3), { weights: held })).y;
  };
  const w = gaussians(IN * OUT, 6);

  test("standardized: no output notices scale or offset of its incoming weights", async () => {
    const model = weightStandardization(linear(IN, OUT, bare), { eps });
    const moved = w.map((value, i) => value * (1 + (i % OUT)) + (i % OUT));
    const weights = initialize(model, 1);
    expect(
      largestDifference(await run(model, weights, moved), await run(model, weights, w)),
    ).toBeLessThan(SAME);
  });

  test("spectrally normalized: the largest singular value is 1, whatever the scale", async () => {
    const model = spectralNorm(linear(IN, OUT, bare), { iterations: 200 });
    const weights = initialize(model, 1);
    const scaled = w.map((value) => 7 * value);
    expect(
      largestDifference(await run(model, weights, scaled), await run(model, weights, w)),
    ).toBeLessThan(SAME);
    // Longest image of a unit vector, by trying many.
    const held = new Map(weights).set("weight", { shape: [IN, OUT], dtype: "f32", data: w });
    const directions = gaussians(IN * 20_000, 9);
    for (let row = 0; row < 20_000; row++) {
      const length = Math.hypot(...directions.subarray(row * IN, (row + 1) * IN));
      for (let i = 0; i < IN; i++) directions[row * IN + i]! /= length;
    }
    const { y } = await runLayer(model, [20_000, IN], directions, { weights: held });
    let longest = 0;
    for (let row = 0; row < 20_000; row++) {
      longest = Math.max(longest, Math.hypot(...y.subarray(row * OUT, (row + 1) * OUT)));
    }
    expect(longest).toBeLessThan(1 + 1e-5);
    expect(longest).toBeGreaterThan(0.99);
  });

  test("spectrally normalized: at test the vectors of training, before it fresh ones", async () => {
    const model = spectralNorm(linear(IN, OUT, bare), { iterations: 50 });
    const weights = initialize(model, 1);
    const x = gaussians(N * IN, 3);
    const untrained = await runLayer(model, [N, IN], x, { weights, phase: "eval" });
    const trained = await runLayer(model, [N, IN], x, { weights });
    expect(largestDifference(untrained.y, trained.y)).toBeLessThan(SAME);
  });
});

describe("gradients", () => {
  test.each([[[8, 3]], [[2, 3, 2, 3]]])(
    "of batchNorm on %j: no sum over the batch, nothing along the normalized input",
    async (shape) => {
      const [size, channels] = [sizeOf(shape), 3];
      const x = gaussians(size, 2);
      const { y, dx } = await runLayer(batchNorm(channels, { eps }), shape, x, {
        along: gaussians(size, 3),
      });
      for (let c = 0; c < channels; c++) {
        let [total, along] = [0, 0];
        for (let i = c; i < size; i += channels) {
          total += dx[i]!;
          along += dx[i]! * y[i]!;
        }
        expect(Math.abs(total)).toBeLessThan(SAME);
        expect(Math.abs(along)).toBeLessThan(SAME);
      }
      expect(Math.max(...dx)).toBeGreaterThan(0.1);
    },
  );

  test("of weightNorm: orthogonal to v, output by output", async () => {
    const model = weightNorm(linear(IN, OUT));
    const weights = initialize(model, 4);
    const { gradients } = await runLayer(model, [N, IN], gaussians(N * IN, 5), {
      weights,
      along: gaussians(N * OUT, 6),
    });
    const [dv, v] = [gradients.get("weight")!, weights.get("weight")!.data];
    for (let output = 0; output < OUT; output++) {
      let along = 0;
      for (let i = output; i < v.length; i += OUT) along += dv[i]! * v[i]!;
      expect(Math.abs(along)).toBeLessThan(SAME);
    }
    expect(Math.max(...dv)).toBeGreaterThan(0.1);
  });
});
