/** What the features of a training step refuse, and in which words. */
import { describe, expect, test } from "vitest";
import { DataError, OptionError } from "../src/base/errors.ts";
import { twoMoons } from "../src/data/generated.ts";
import { linear, sequential, type Module } from "../src/nn/index.ts";
import {
  adagrad,
  crossEntropy,
  earlyStopping,
  fit,
  l1,
  maxNorm,
  reduceOnPlateau,
  rmsProp,
  sgd,
  type FitOptions,
} from "../src/train/index.ts";

const moons = await twoMoons({ train: 70, test: 21, seed: 4 });
const network = (): Module => sequential(linear(2, 2));

describe("refusals", () => {
  const right = {
    data: moons,
    loss: crossEntropy(),
    optimizer: sgd({ learningRate: 0.1 }),
    steps: 4,
    batchSize: 5,
    seed: 1,
  } satisfies FitOptions;
  const sampleWeights = (values: Float32Array) => ({
    data: { train: { ...moons.train, weights: values } },
  });
  test.each<[string, Partial<FitOptions>, typeof OptionError | typeof DataError, string]>([
    [
      "no limit",
      { clip: {} },
      OptionError,
      "clip: takes exactly one of value, norm and globalNorm, got none",
    ],
    [
      "two limits",
      { clip: { value: 1, norm: 1 } },
      OptionError,
      "clip: takes exactly one of value, norm and globalNorm, got value and norm",
    ],
    ["a limit of 0", { clip: { norm: 0 } }, OptionError, "clip: norm must be positive, got 0"],
    [
      "averages that are not kept",
      { evaluateWith: "average" },
      OptionError,
      'fit: evaluateWith "average" needs the option average, got none',
    ],
    [
      "two of a kind at the helm",
      { steer: [reduceOnPlateau(), reduceOnPlateau()] },
      OptionError,
      'fit: controllers must have distinct labels, got "reduceOnPlateau" twice',
    ],
    [
      "two that keep the best",
      { steer: [earlyStopping(), { ...earlyStopping(), label: "mine" }] },
      OptionError,
      "fit: at most one controller may keep the best weights, got earlyStopping and mine",
    ],
    [
      "a controller without evaluations to see",
      { steer: [earlyStopping()], evaluateOn: ["train"] },
      OptionError,
      'fit: earlyStopping watches the test split, so evaluateOn must name it, got ["train"]',
    ],
    [
      "too few sample weights",
      sampleWeights(new Float32Array(69)),
      DataError,
      "fit: train: needs one weight for each of 70 examples, got 69",
    ],
    [
      "a negative sample weight",
      sampleWeights(new Float32Array(70).fill(-1)),
      DataError,
      "fit: train: weights must be finite and not negative, got -1 (example 0)",
    ],
    [
      "sample weights of 0 alone",
      sampleWeights(new Float32Array(70)),
      DataError,
      "fit: train: weights must not all be 0, got 70 zeros",
    ],
  ])("%s", (_, changes, kind, message) => {
    const run = () => fit(network(), { ...right, ...changes } as FitOptions);
    expect(run).toThrow(kind);
    expect(run).toThrow(message);
  });

  test.each([
    [
      () => crossEntropy({ labelSmoothing: 1 }),
      "crossEntropy: labelSmoothing must be in [0, 1), got 1",
    ],
    [
      () => crossEntropy({ classWeights: [1, -1] }),
      "crossEntropy: classWeights must be finite and not negative, got -1 (class 1)",
    ],
    [
      () => crossEntropy({ classWeights: [0, 0] }),
      "crossEntropy: classWeights must not all be 0, got 2 zeros",
    ],
    [
      () => fit(network(), { ...right, loss: crossEntropy({ classWeights: [1, 1, 1] }) }),
      "crossEntropy: needs one class weight for each of 2 classes, got 3",
    ],
    [() => maxNorm(0), "maxNorm: limit must be positive, got 0"],
    [() => l1(-1), "l1: strength must be finite and not negative, got -1"],
    [() => rmsProp({ decay: 1 }), "rmsProp: decay must be in [0, 1), got 1"],
    [() => adagrad({ eps: 0 }), "adagrad: eps must be positive, got 0"],
    [
      () => fit(network(), { ...right, average: { decay: 1 } }),
      "average: decay must be in [0, 1), got 1",
    ],
  ])("%o", (make, message) => {
    expect(make).toThrow(message);
  });

  test("a resumed run must be steered alike", () => {
    const resumeFrom = fit(network(), { ...right, steer: [earlyStopping()] }).checkpoint();
    expect(() => fit(network(), { ...right, resumeFrom })).toThrow(
      "fit: a resumed run must have the checkpoint's controllers [earlyStopping], got []",
    );
  });
});
