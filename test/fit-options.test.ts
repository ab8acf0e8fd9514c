/** What `fit` refuses, and in which words. Nothing is opened or compiled for it. */
import { describe, expect, test } from "vitest";
import { DataError, OptionError, ShapeError } from "../src/base/errors.ts";
import type { Split } from "../src/data/dataset.ts";
import { batchNorm, linear, relu, sequential, sigmoid, writeSafetensors } from "../src/nn/index.ts";
import {
  adam,
  adamW,
  crossEntropy,
  fit,
  meanSquaredError,
  sgd,
  type FitOptions,
  type Observer,
  type Optimizer,
} from "../src/train/index.ts";

const split = (count: number, changes: Partial<Split> = {}): Split => ({
  inputs: new Float32Array(count * 4),
  targets: new Int32Array(count),
  shape: [4],
  count,
  ...changes,
});
const data = { train: split(10), test: split(3), hash: "abc" };
const model = sequential(linear(4, 3), sigmoid(), linear(3, 2));
const right = {
  data,
  loss: crossEntropy(),
  optimizer: sgd({ learningRate: 0.1 }),
  steps: 4,
  batchSize: 5,
  seed: 1,
} satisfies FitOptions;
const observer = (every: number): Observer => ({
  name: "probe",
  unit: "1",
  every,
  prepare: () => Promise.resolve(() => ({})),
});

describe("options", () => {
  test.each<[Partial<Record<keyof FitOptions, unknown>>, string]>([
    [{ batchSize: 0 }, "fit: batchSize must be a positive integer, got 0"],
    [{ batchSize: 11 }, "fit: batchSize must be at most the 10 training examples, got 11"],
    [{ seed: -1 }, "fit: seed must be an integer in [0, 2^53), got -1"],
    [{ steps: undefined }, "fit: takes exactly one of epochs and steps, got neither"],
    [{ epochs: 1 }, "fit: takes exactly one of epochs and steps, got both"],
    [{ steps: 2.5 }, "fit: steps must be a positive integer, got 2.5"],
    [{ evaluateEvery: 0 }, "fit: evaluateEvery must be a positive integer, got 0"],
    [{ evaluateOn: ["valid"] }, 'fit: evaluateOn must name splits of the data, got "valid"'],
    [{ statistics: "exact" }, 'fit: statistics must be "running" or "population", got "exact"'],
    [{ checkpointEvery: 5 }, "fit: checkpointEvery needs onCheckpoint to take the bytes, got none"],
    [
      { observe: [observer(0)] },
      'fit: every of observer "probe" must be a positive integer, got 0',
    ],
    [
      { observe: [observer(1), observer(2)] },
      'fit: observers must have distinct names, got "probe" twice',
    ],
  ])("%o", (changes, message) => {
    const run = () => fit(model, { ...right, ...changes } as FitOptions);
    expect(run).toThrow(OptionError);
    expect(run).toThrow(message);
  });

  test.each<[() => Optimizer, string]>([
    [() => sgd({ learningRate: -1 }), "sgd: learningRate must be finite and not negative, got -1"],
    [() => sgd({ learningRate: 1, momentum: 1 }), "sgd: momentum must be in [0, 1), got 1"],
    [
      () => sgd({ learningRate: 1, nesterov: true }),
      "sgd: nesterov needs momentum in (0, 1), got 0",
    ],
    [() => adam({ beta2: 1 }), "adam: beta2 must be in [0, 1), got 1"],
    [() => adamW({ eps: 0 }), "adamW: eps must be positive, got 0"],
    [
      () => adamW({ weightDecay: Number.NaN }),
      "adamW: weightDecay must be finite and not negative, got NaN",
    ],
  ])("%o of an optimizer", (make, message) => {
    expect(make).toThrow(OptionError);
    expect(make).toThrow(message);
  });

  test("a schedule's values are checked as they come", async () => {
    const optimizer = sgd({ learningRate: (step) => (step === 2 ? Number.NaN : 0.1) });
    await expect(fit(model, { ...right, optimizer }).finish()).rejects.toThrow(
      "sgd: learningRate at step 2 must be finite and not negative, got NaN",
    );
  });
});

describe("data that do not fit", () => {
  const targets = (values: readonly number[]): Partial<Split> => ({
    targets: Int32Array.from(values),
  });
  test.each<[string, Partial<FitOptions>, typeof DataError | typeof ShapeError, string]>([
    [
      "a label beyond the classes",
      { data: { train: split(2, targets([0, 2])) }, batchSize: 2 },
      DataError,
      "fit: train: labels must be in [0, 2), got 2 (example 1)",
    ],
    [
      "a negative label in the test split",
      { data: { train: split(10), test: split(1, targets([-1])) } },
      DataError,
      "fit: test: labels must be in [0, 2), got -1 (example 0)",
    ],
    [
      "numbers where classes are needed",
      { data: { train: split(10, { targets: new Float32Array(10) }) } },
      DataError,
      "fit: train: crossEntropy needs class indices as targets, got numbers",
    ],
    [
      "too few inputs",
      { data: { train: split(10, { inputs: new Float32Array(39) }) } },
      DataError,
      "fit: train: 10 inputs of shape [4] need 40 numbers, got 39",
    ],
    [
      "too few targets",
      { data: { train: split(10, { targets: new Int32Array(9) }) } },
      DataError,
      "fit: train: 10 targets of shape [] need 10 numbers, got 9",
    ],
    [
      "targets of another shape",
      { data: { train: split(10) }, loss: meanSquaredError() },
      ShapeError,
      "fit: train: meanSquaredError needs targets of shape [2] per example, got []",
    ],
    [
      "examples of another shape",
      { data: { train: split(10, { shape: [2, 2] }) } },
      ShapeError,
      'linear(4, 3): input has 2 features, expected 4; put flatten() before it (layer "0" of sequential)',
    ],
    [
      "a test split of another shape than the train split",
      { data: { train: split(10), test: split(2, { shape: [2], inputs: new Float32Array(4) }) } },
      ShapeError,
      "fit: test: examples must be of shape [4] as in train, got [2]",
    ],
  ])("%s", (_, changes, kind, message) => {
    const run = () => fit(model, { ...right, ...changes } as FitOptions);
    expect(run).toThrow(kind);
    expect(run).toThrow(message);
  });

  test("a model without parameters, and a batch of one under batchNorm", () => {
    expect(() => fit(sequential(relu()), right)).toThrow(
      "buildStep: the model must have parameters, got none in sequential",
    );
    expect(() => fit(sequential(linear(4, 2), batchNorm(2)), { ...right, batchSize: 1 })).toThrow(
      'batchNorm(2): training needs m ≥ 2 values per channel, got m = 1 (layer "1" of sequential)',
    );
  });
});

describe("resumeFrom", () => {
  const checkpoint = fit(model, right).checkpoint();
  test.each<[string, Partial<FitOptions>, typeof DataError | typeof OptionError, string]>([
    [
      "seed",
      { seed: 2 },
      OptionError,
      "fit: a resumed run must have the checkpoint's seed 1, got 2",
    ],
    [
      "batchSize",
      { batchSize: 2 },
      OptionError,
      "fit: a resumed run must have the checkpoint's batchSize 5, got 2",
    ],
    [
      "data",
      { data: { ...data, hash: "abd" } },
      OptionError,
      'fit: a resumed run must have the checkpoint\'s data "abc", got "abd"',
    ],
    [
      "optimizer",
      { optimizer: adam() },
      OptionError,
      'fit: a resumed run must have the checkpoint\'s optimizer "sgd", got "adam"',
    ],
    [
      "optimizer buffers",
      { optimizer: sgd({ learningRate: 0.1, momentum: 0.5 }) },
      DataError,
      'resumeFrom: weights must fit the model, got missing "optimizer/velocity/0.weight", "optimizer/velocity/0.bias"',
    ],
    [
      "a weight file",
      { resumeFrom: writeSafetensors(fit(model, right).weights()) },
      DataError,
      "resumeFrom: format must be evenkeel-checkpoint-1, got none",
    ],
    [
      "a torn file",
      { resumeFrom: checkpoint.subarray(0, -1) },
      DataError,
      "resumeFrom: tensors must fill the data section",
    ],
  ])("refuses another %s", (_, changes, kind, message) => {
    const run = () => fit(model, { ...right, resumeFrom: checkpoint, ...changes } as FitOptions);
    expect(run).toThrow(kind);
    expect(run).toThrow(message);
  });

  test("refuses to stop before it starts", async () => {
    const run = fit(model, right);
    await run.finish();
    expect(() => fit(model, { ...right, steps: 3, resumeFrom: run.checkpoint() })).toThrow(
      "fit: steps must be at least the checkpoint's 4, got 3",
    );
  });
});
