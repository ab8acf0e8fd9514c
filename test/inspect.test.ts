/** The mistake finder: each rule finds its mistake, and is silent once it is mended. */
import { describe, expect, test } from "vitest";
import { DataError, OptionError, ShapeError } from "../src/base/errors.ts";
import { twoMoons } from "../src/data/generated.ts";
import {
  alphaDropout,
  batchNorm,
  batchRenorm,
  conv2d,
  dropout,
  flatten,
  ghostBatchNorm,
  initialize,
  layerNorm,
  lecunNormal,
  linear,
  lpBatchNorm,
  relu,
  selu,
  sequential,
  weightNorm,
  zeros,
  type Module,
  type Tensor,
  type Weights,
} from "../src/nn/index.ts";
import {
  adamW,
  crossEntropy,
  fit,
  inspect,
  sgd,
  weightsOnly,
  type InspectOptions,
  type Mistake,
} from "../src/train/index.ts";
import { backends } from "./backends.ts";

const plain = { bias: false } as const;
const selfNormal = { weight: lecunNormal, bias: zeros } as const;

async function found(
  model: Module,
  options: Partial<InspectOptions> = {},
): Promise<readonly string[]> {
  const mistakes = await inspect(model, { inputShape: [4], ...options });
  return mistakes.map(({ rule, severity, path }) => `${severity} ${rule} at ${path}`);
}

describe("layers in a wrong order or company", () => {
  test.each<[string, Module, readonly string[]]>([
    [
      "a bias before batchNorm",
      sequential(linear(4, 3), batchNorm(3)),
      ["warning bias-before-normalization at 0"],
    ],
    [
      "a bias before batchNorm, nested and under weightNorm",
      sequential(sequential(weightNorm(linear(4, 3))), sequential(batchNorm(3))),
      ["warning bias-before-normalization at 0.0.inner"],
    ],
    ["no bias before batchNorm", sequential(linear(4, 3, plain), batchNorm(3)), []],
    ["a bias before layerNorm, which it changes", sequential(linear(4, 3), layerNorm(3)), []],
    [
      "a bias before lpBatchNorm, whose norm it changes",
      sequential(linear(4, 3), lpBatchNorm(3, { order: 1 })),
      [],
    ],
    [
      "a bias and an activation before batchNorm",
      sequential(linear(4, 3), relu(), batchNorm(3)),
      [],
    ],
    [
      "dropout right before batchNorm",
      sequential(dropout({ rate: 0.5 }), batchNorm(4)),
      ["mistake dropout-before-normalization at 0"],
    ],
    [
      "dropout two layers before batchNorm",
      sequential(dropout({ rate: 0.5 }), linear(4, 3, plain), relu(), batchNorm(3)),
      ["warning dropout-before-normalization at 0"],
    ],
    [
      "dropout before another normalization in between, once",
      sequential(dropout({ rate: 0.5 }), linear(4, 4, plain), batchNorm(4), relu(), batchNorm(4)),
      ["warning dropout-before-normalization at 0"],
    ],
    ["dropout that keeps all", sequential(dropout({ rate: 0 }), batchNorm(4)), []],
    [
      "dropout behind batchNorm",
      sequential(batchNorm(4), relu(), dropout({ rate: 0.5 }), linear(4, 2)),
      [],
    ],
    [
      "selu after a layer that starts otherwise, with plain dropout",
      sequential(linear(4, 3), selu(), dropout({ rate: 0.1 })),
      ["warning selu-initialization at 0", "mistake selu-dropout at 2"],
    ],
    [
      "selu with its companions",
      sequential(linear(4, 3, selfNormal), selu(), alphaDropout({ rate: 0.1 })),
      [],
    ],
  ])("%s", async (_, model, expected) => {
    expect(await found(model)).toEqual(expected);
  });

  test("a layer applied twice is found once", async () => {
    const shared = sequential(linear(4, 4), selu(), dropout({ rate: 0.5 }));
    expect(await found(sequential(shared, shared))).toEqual([
      "warning selu-initialization at 0.0",
      "mistake selu-dropout at 0.2",
    ]);
  });

  test("every finding has its reason and the fix", async () => {
    const model = sequential(
      linear(4, 3),
      batchNorm(3),
      linear(3, 3),
      selu(),
      dropout({ rate: 0.5 }),
    );
    const mistakes = await inspect(model, { inputShape: [4], batchSize: 1, optimizer: adamW() });
    expect(new Set(mistakes.map(({ rule }) => rule)).size).toBe(5);
    for (const { what, why, fix } of mistakes) {
      for (const text of [what, why, fix]) expect(text.length).toBeGreaterThan(20);
    }
    expect(JSON.parse(JSON.stringify(mistakes))).toEqual(mistakes);
  });
});

describe("batches", () => {
  const model = sequential(linear(4, 3, plain), batchNorm(3));
  test.each<[Module, Partial<InspectOptions>, readonly string[]]>([
    [model, { batchSize: 1 }, ["mistake small-batch at 1"]],
    [model, { batchSize: 15 }, ["warning small-batch at 1"]],
    [model, { batchSize: 16 }, []],
    [model, {}, []],
    [
      sequential(linear(4, 3, plain), ghostBatchNorm(3, { ghostSize: 4 })),
      { batchSize: 64 },
      ["warning small-batch at 1"],
    ],
    [sequential(linear(4, 3, plain), batchRenorm(3)), { batchSize: 4 }, []],
    [
      sequential(conv2d(1, 2, 1, plain), batchNorm(2)),
      { batchSize: 1, inputShape: [3, 3, 1] },
      ["warning small-batch at 1"],
    ],
  ])("case %#", async (subject, options, expected) => {
    expect(await found(subject, options)).toEqual(expected);
  });
});

describe("weight decay", () => {
  const model = sequential(linear(4, 3, plain), batchNorm(3), linear(3, 2));
  test("on scale and shift is found, by rule it is not", async () => {
    expect(await found(model, { optimizer: adamW() })).toEqual([
      "warning decay-on-scale-or-shift at 1.scale",
      "warning decay-on-scale-or-shift at 1.shift",
    ]);
    expect(await found(model, { optimizer: adamW({ decayRule: weightsOnly }) })).toEqual([]);
    expect(await found(model, { optimizer: sgd({ learningRate: 1 }) })).toEqual([]);
  });
});

describe.each(backends)("statistics, on $description", (backend) => {
  const model = sequential(linear(2, 5, plain), batchNorm(5), relu(), linear(5, 2));
  const options = { inputShape: [2], batchSize: 20, backend };

  test("at their first values after loading, trained too shortly, and trained long", async () => {
    const data = await twoMoons({ train: 200, test: 10, seed: 4 });
    const inputs = data.train.inputs.map((value) => 5 + 3 * value) as Float32Array;
    const examples = { ...data.train, inputs };
    const after = async (steps: number): Promise<readonly string[]> => {
      const run = fit(model, {
        data: { train: examples },
        loss: crossEntropy(),
        optimizer: sgd({ learningRate: 0.001 }),
        steps,
        batchSize: 20,
        seed: 1,
        backend,
      });
      await run.finish();
      return found(model, { ...options, weights: run.weights(), examples });
    };
    const fresh = await found(model, { ...options, weights: initialize(model, 1) });
    expect(fresh).toEqual([
      "mistake statistics-never-updated at 1.mean",
      "mistake statistics-never-updated at 1.variance",
    ]);
    expect(await after(2)).toEqual(["warning train-eval-gap at 1"]);
    expect(await after(60)).toEqual([]);
  });

  test("the gap is the root mean square over channels", async () => {
    const one = sequential(batchNorm(1));
    const tensor = (value: number): Tensor => ({
      shape: [1],
      dtype: "f32",
      data: Float32Array.of(value),
    });
    const weights: Weights = new Map([
      ...initialize(one, 1),
      ["0.mean", tensor(4)],
      ["0.variance", tensor(8)],
    ]);
    // Mean 2; unbiased variance 2 · 4 / 3.
    const inputs = Float32Array.of(0.5857864, 0.5857864, 3.4142136, 3.4142136);
    const examples = { inputs, shape: [1], count: 4 };
    const options1 = { inputShape: [1], batchSize: 4, weights, examples, backend };
    const gap = (await inspect(one, options1)).find(
      ({ rule }: Mistake) => rule === "train-eval-gap",
    )!;
    expect(gap.what).toContain("off by 1.22 standard deviations");
    expect(gap.what).toContain("by a factor of 3.00");
  });
});

test("a frozen layer's statistics are a question until they are loaded", async () => {
  const model = sequential(linear(4, 3, plain), batchNorm(3, { frozen: true }), flatten());
  expect(await found(model)).toEqual([
    "warning statistics-never-updated at 1.mean",
    "warning statistics-never-updated at 1.variance",
  ]);
  const first = initialize(model, 1);
  const loaded = new Map(
    [...first].map(([path, tensor]): [string, Tensor] => [
      path,
      { ...tensor, data: Float32Array.from(tensor.data, (value) => value + 0.5) },
    ]),
  );
  expect(await found(model, { weights: loaded })).toEqual([]);
});

test("what does not fit is refused", async () => {
  const model = sequential(linear(4, 3));
  await expect(inspect(model, { inputShape: [5] })).rejects.toThrow(ShapeError);
  await expect(inspect(model, { inputShape: [4], weights: new Map() })).rejects.toThrow(DataError);
  const run = inspect(model, { inputShape: [4], batchSize: 0 });
  await expect(run).rejects.toThrow(OptionError);
  await expect(run).rejects.toThrow("inspect: batchSize must be a positive integer, got 0");
});
