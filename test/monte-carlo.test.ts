/** Monte-Carlo dropout against what it must come to, and first weights that come from data. */
import { describe, expect, test } from "vitest";
import {
  batchNorm,
  dropout,
  flatten,
  gaussianDropout,
  initialize,
  linear,
  meanOnlyBatchNorm,
  relu,
  sequential,
  tanh,
  weightNorm,
  type Module,
  type Tensor,
  type Weights,
} from "../src/nn/index.ts";
import { initializeFromData, monteCarlo, predict } from "../src/train/index.ts";
import { backends } from "./backends.ts";
import { largestDifference } from "./close-to.ts";
import { gaussians, meanOf, runLayer, varianceOf } from "./run-layer.ts";

const KEEP = 0.7;
const [backend] = backends.toReversed();

/** Examples of `width` numbers each. */
const examplesOf = (inputs: Float32Array, width: number) => {
  return { inputs, shape: [width], count: inputs.length / width };
};

function withData(weights: Weights, data: Readonly<Record<string, readonly number[]>>): Weights {
  return new Map(
    [...weights].map(([path, tensor]): [string, Tensor] => {
      const given = data[path];
      return [path, given === undefined ? tensor : { ...tensor, data: Float32Array.from(given) }];
    }),
  );
}

const entropyOf = (shares: readonly number[]): number =>
  shares.reduce((total, share) => total - (share > 0 ? share * Math.log(share) : 0), 0);

describe.each(backends)("monteCarlo on $description", (on) => {
  test("dropout before a dense layer: mean and variance as computed by hand", async () => {
    const model = sequential(dropout({ keep: KEEP }), linear(3, 2));
    const weights = initialize(model, 1);
    const w = weights.get("1.weight")!.data;
    const b = weights.get("1.bias")!.data;
    const x = [1, -2, 0.5];
    const samples = 2000;
    const found = await monteCarlo(model, weights, examplesOf(Float32Array.from(x), 3), {
      samples,
      output: "numbers",
      backend: on,
    });
    for (const output of [0, 1]) {
      const terms = x.map((value, i) => value * w[i * 2 + output]!);
      const mean = terms.reduce((total, term) => total + term, b[output]!);
      const variance = (terms.reduce((total, term) => total + term ** 2, 0) * (1 - KEEP)) / KEEP;
      // Five standard errors; a sum of three terms has lighter tails than a Gaussian.
      expect(Math.abs(found.mean.data[output]! - mean)).toBeLessThan(
        5 * Math.sqrt(variance / samples),
      );
      expect(Math.abs(found.variance.data[output]! / variance - 1)).toBeLessThan(
        5 * Math.sqrt(2 / samples),
      );
    }
    expect([found.entropy, found.expectedEntropy, found.mutualInformation]).toEqual([
      null,
      null,
      null,
    ]);
    expect(found.mean.shape).toEqual([1, 2]);
  });

  test("entropies of a coin that decides between two distributions", async () => {
    const model = sequential(dropout({ keep: 0.5 }), linear(1, 3, { bias: false }));
    const weights = withData(initialize(model, 1), { "1.weight": [1, 0, -1] });
    const found = await monteCarlo(model, weights, examplesOf(Float32Array.of(0.75), 1), {
      samples: 400,
      backend: on,
    });
    const powers = [1.5, 0, -1.5].map(Math.exp);
    const kept = powers.map((power) => power / powers.reduce((total, other) => total + other, 0));
    const share = (found.mean.data[0]! - 1 / 3) / (kept[0]! - 1 / 3);
    expect(Math.abs(share - 0.5)).toBeLessThan(5 * Math.sqrt(0.25 / 400));
    const mixed = kept.map((value) => share * value + (1 - share) / 3);
    const expected = share * entropyOf(kept) + (1 - share) * Math.log(3);
    expect(found.mean.data[2]).toBeCloseTo(mixed[2]!, 5);
    expect(found.entropy!.data[0]).toBeCloseTo(entropyOf(mixed), 5);
    expect(found.expectedEntropy!.data[0]).toBeCloseTo(expected, 5);
    expect(found.mutualInformation!.data[0]).toBeCloseTo(entropyOf(mixed) - expected, 5);
    expect(found.mutualInformation!.data[0]).toBeGreaterThan(0.01);
    expect(found.entropy!.shape).toEqual([1]);
  });

  test("probabilities are taken as they are", async () => {
    const model = sequential(gaussianDropout({ keep: 0.999_999 }));
    const found = await monteCarlo(model, new Map(), examplesOf(Float32Array.of(0.25, 0.75), 2), {
      samples: 2,
      output: "probabilities",
      backend: on,
    });
    expect(found.mean.data[0]).toBeCloseTo(0.25, 2);
    expect(found.entropy!.data[0]).toBeCloseTo(entropyOf([0.25, 0.75]), 2);
  });

  test("normalization uses the stored statistics, so an example's company does not matter", async () => {
    const model = sequential(batchNorm(4), dropout({ keep: KEEP }), linear(4, 3));
    const weights = withData(initialize(model, 2), {
      "0.mean": [1, 0, -1, 2],
      "0.variance": [1, 2, 3, 4],
    });
    // More than one chunk with a remainder: the shared draw must be the same for all of them.
    const inputs = gaussians(4 * 700, 3);
    const options = { samples: 5, sharedNoise: true, output: "numbers", backend: on } as const;
    const all = await monteCarlo(model, weights, examplesOf(inputs, 4), options);
    const last = await monteCarlo(model, weights, examplesOf(inputs.slice(-8), 4), options);
    expect(largestDifference(last.mean.data, all.mean.data.slice(-6))).toBeLessThan(1e-6);
    expect(largestDifference(last.variance.data, all.variance.data.slice(-6))).toBeLessThan(1e-6);
    expect(Math.min(...last.variance.data)).toBeGreaterThan(0);
  });
});

describe("monteCarlo", () => {
  const model = sequential(linear(2, 4), relu(), dropout({ keep: KEEP }), linear(4, 3));
  const weights = initialize(model, 5);
  const twice = examplesOf(Float32Array.of(1, 2, 1, 2), 2);
  const draw = (options: object) =>
    monteCarlo(model, weights, twice, { samples: 6, backend: backend!, ...options });

  test("is the same for the same seed, other for another", async () => {
    expect((await draw({ seed: 3 })).mean).toEqual((await draw({ seed: 3 })).mean);
    expect((await draw({ seed: 3 })).mean).not.toEqual((await draw({ seed: 4 })).mean);
  });

  test("gives each example its own draws, or all the same ones", async () => {
    const rows = ({ data }: Tensor) => [data.slice(0, 3), data.slice(3)];
    const [first, second] = rows((await draw({})).mean);
    expect(first).not.toEqual(second);
    const [one, other] = rows((await draw({ sharedNoise: true })).mean);
    expect(one).toEqual(other);
  });

  test("comes to the prediction without noise as there are more samples", async () => {
    const linearModel = sequential(dropout({ keep: 0.9 }), linear(2, 3));
    const own = initialize(linearModel, 5);
    const many = await monteCarlo(linearModel, own, twice, {
      samples: 3000,
      output: "numbers",
      backend: backend!,
    });
    const plain = await predict(linearModel, own, twice, { backend: backend! });
    const errors = many.variance.data.map((variance) => Math.sqrt(variance / 3000));
    plain.data.forEach((value, i) => {
      expect(Math.abs(many.mean.data[i]! - value)).toBeLessThan(5 * errors[i]!);
    });
  });

  test.each<[object, string]>([
    [{ samples: 1 }, "monteCarlo: samples must be an integer of at least 2, got 1"],
    [{ seed: -1 }, "monteCarlo: seed must be an integer in [0, 2^53), got -1"],
    [
      { output: "labels" },
      'monteCarlo: output must be "logits", "probabilities" or "numbers", got "labels"',
    ],
  ])("refuses %o", async (options, message) => {
    await expect(draw(options)).rejects.toThrow(message);
  });

  test("refuses a model in which nothing is random, and outputs without classes", async () => {
    const sure = sequential(linear(2, 2));
    await expect(monteCarlo(sure, initialize(sure, 1), twice, { samples: 2 })).rejects.toThrow(
      "monteCarlo: something in the model must be random, got nothing in sequential",
    );
    const scalars = sequential(dropout({ keep: 0.5 }));
    const examples = { inputs: Float32Array.of(1, 2), shape: [], count: 2 };
    await expect(monteCarlo(scalars, new Map(), examples, { samples: 2 })).rejects.toThrow(
      "monteCarlo: logits must be [N, ..., classes], got [2]",
    );
  });
});

describe("initializeFromData", () => {
  const layers: Module[] = [
    weightNorm(linear(6, 8)),
    tanh(),
    weightNorm(linear(8, 7, { bias: false })),
    meanOnlyBatchNorm(7),
    relu(),
    dropout({ keep: 0.5 }),
    weightNorm(linear(7, 5)),
  ];
  const model = sequential(...layers);
  const count = 300;
  const inputs = gaussians(6 * count, 2).map((value, i) => 3 * value + (i % 6));
  const examples = examplesOf(inputs, 6);

  test.each(backends)(
    "each weight norm gives mean 0 and variance 1 on $description",
    async (on) => {
      const first = initialize(model, 3);
      const weights = await initializeFromData(model, first, examples, { backend: on });
      for (const [depth, hasBias] of [
        [1, true],
        [3, false],
        [7, true],
      ] as const) {
        const part = sequential(...layers.slice(0, depth));
        const held = new Map([...weights].filter(([path]) => Number(path.split(".")[0]) < depth));
        const { y, shape } = await runLayer(part, [count, 6], inputs, {
          noise: false,
          weights: held,
        });
        const width = shape[1]!;
        for (let c = 0; c < width; c++) {
          const channel = y.filter((_, i) => i % width === c);
          expect(varianceOf(channel)).toBeCloseTo(1, 4);
          expect(hasBias ? meanOf(channel) : 0).toBeCloseTo(0, 4);
        }
      }
      expect(weights.get("0.weight")).toBe(first.get("0.weight"));
      expect(first.get("0.gain")!.data).toEqual(new Float32Array(8).fill(1));
    },
  );

  test("refuses a model without weight normalization, and outputs that are constant", async () => {
    const plain = sequential(linear(6, 2));
    await expect(initializeFromData(plain, initialize(plain, 1), examples)).rejects.toThrow(
      "initializeFromData: the model must have a weightNorm, got none in sequential",
    );
    const same = examplesOf(new Float32Array(12).fill(1), 6);
    const dead = sequential(flatten(), weightNorm(linear(6, 2, { bias: false })));
    await expect(initializeFromData(dead, initialize(dead, 1), same)).rejects.toThrow(
      /^initializeFromData: each output must vary over the examples, got output 0 of layer "1" constant at /,
    );
  });
});
