/**
 * Ten training steps of small networks against PyTorch in float64; the numbers and the script that
 * made them are in fixtures/torch-training.*. Ours keep their state in f32, so they may differ by
 * a few f32 roundings per step: TOLERANCE, of the larger of 1 and the number's size.
 */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { streamKey } from "../src/base/random.ts";
import {
  batchNorm,
  crossEntropy,
  dropout,
  linear,
  meanSquaredError,
  relu,
  sequential,
  sigmoid,
  tanh,
  type Loss,
  type Module,
} from "../src/nn/index.ts";
import {
  adagrad,
  adam,
  adamW,
  buildStep,
  l1,
  l2,
  maxNorm,
  oneCycle,
  predict,
  rmsProp,
  sgd,
  weightsOnly,
} from "../src/train/index.ts";
import type { Optimizer, StepFeatures, StepProgram } from "../src/train/index.ts";
import type { Executable } from "../src/run/backend.ts";
import { backends } from "./backends.ts";
import { largestDifference } from "./close-to.ts";

const TOLERANCE = 4e-6;
/** The reference backend computes in float64 in between. */
const REFERENCE_TOLERANCE = 5e-7;

interface GoldenCase {
  readonly name: string;
  readonly inputs: readonly (readonly number[])[];
  readonly targets: readonly (readonly number[])[];
  readonly first: Readonly<Record<string, readonly number[]>>;
  readonly losses: readonly number[];
  readonly last: Readonly<Record<string, readonly number[]>>;
  readonly evaluated: readonly number[];
  readonly weights?: readonly (readonly number[])[];
  readonly penalties?: readonly number[];
  readonly average?: Readonly<Record<string, readonly number[]>>;
}

interface Golden {
  readonly steps: number;
  readonly batch: number;
  readonly seed: number;
  readonly probe: readonly number[];
  readonly cases: readonly GoldenCase[];
}

const golden = JSON.parse(
  readFileSync(new URL("../fixtures/torch-training.json", import.meta.url), "utf8"),
) as Golden;

interface Subject {
  readonly model: Module;
  readonly loss: Loss;
  readonly optimizer: Optimizer;
  readonly features?: StepFeatures;
}

const mlp = (): Module =>
  sequential(linear(5, 6, { bias: false }), batchNorm(6), relu(), linear(6, 3));

/** The network that most cases share, with cross-entropy and, as a rule, plain SGD. */
function variant(changes: Partial<Subject>): Subject {
  const optimizer = sgd({ learningRate: 0.2 });
  return { model: mlp(), loss: crossEntropy(), optimizer, ...changes };
}

const fastSgd = sgd({ learningRate: 0.5 });
const classWeights = [0.5, 2, 1.25];
const byRule = { weightDecay: 0.1, decayRule: weightsOnly };

/** The networks of the script, in our words. */
const subjects: Readonly<Record<string, () => Subject>> = {
  sgd: () => ({
    model: sequential(linear(5, 4), sigmoid(), linear(4, 3)),
    loss: crossEntropy(),
    optimizer: sgd({ learningRate: 0.5 }),
  }),
  momentum: () => ({
    model: sequential(linear(5, 4, { bias: false }), tanh(), linear(4, 3)),
    loss: meanSquaredError(),
    optimizer: sgd({ learningRate: 0.1, momentum: 0.9, weightDecay: 0.01 }),
  }),
  nesterov: () => ({
    model: sequential(linear(5, 6), batchNorm(6), relu(), linear(6, 3)),
    loss: crossEntropy(),
    optimizer: sgd({ learningRate: 0.2, momentum: 0.9, nesterov: true, weightDecay: 0.001 }),
  }),
  adam: () => ({
    model: sequential(linear(5, 6), batchNorm(6), tanh(), dropout({ keep: 0.75 }), linear(6, 3)),
    loss: crossEntropy(),
    optimizer: adam({ learningRate: 0.05, weightDecay: 0.01 }),
  }),
  adamw: () => ({
    model: sequential(linear(5, 4), tanh(), linear(4, 3)),
    loss: meanSquaredError(),
    optimizer: adamW({ learningRate: 0.05, beta1: 0.8, beta2: 0.95, weightDecay: 0.1 }),
  }),
  rmsprop: () =>
    variant({ optimizer: rmsProp({ learningRate: 0.02, decay: 0.9, weightDecay: 0.01 }) }),
  "rmsprop-centered": () =>
    variant({
      optimizer: rmsProp({
        learningRate: 0.02,
        decay: 0.9,
        eps: 1e-3,
        momentum: 0.8,
        centered: true,
      }),
    }),
  adagrad: () =>
    variant({
      optimizer: adagrad({
        learningRate: 0.1,
        rateDecay: 0.05,
        weightDecay: 0.01,
        initialSum: 0.1,
      }),
    }),
  "sgd-rule": () => variant({ optimizer: sgd({ learningRate: 0.2, momentum: 0.9, ...byRule }) }),
  "adam-rule": () => variant({ optimizer: adam({ learningRate: 0.05, ...byRule }) }),
  "adamw-rule": () => variant({ optimizer: adamW({ learningRate: 0.05, ...byRule }) }),
  "clip-value": () => variant({ optimizer: fastSgd, features: { clip: { value: 0.03 } } }),
  "clip-norm": () => variant({ optimizer: fastSgd, features: { clip: { norm: 0.1 } } }),
  "clip-global-norm": () =>
    variant({ optimizer: fastSgd, features: { clip: { globalNorm: 0.2 } } }),
  "max-norm": () =>
    variant({
      optimizer: sgd({ learningRate: 0.5, momentum: 0.9 }),
      features: { constraints: [maxNorm(1)] },
    }),
  penalties: () => variant({ features: { penalties: [l1(0.01), l2(0.02)] } }),
  "label-smoothing": () => variant({ loss: crossEntropy({ labelSmoothing: 0.1 }) }),
  "class-weights": () => variant({ loss: crossEntropy({ classWeights }) }),
  "smooth-class-weights": () =>
    variant({ loss: crossEntropy({ classWeights, labelSmoothing: 0.2 }) }),
  "sample-weights": () => variant({}),
  "sample-weights-mse": () =>
    variant({
      model: sequential(linear(5, 4), tanh(), linear(4, 3)),
      loss: meanSquaredError(),
    }),
  average: () =>
    variant({
      optimizer: sgd({ learningRate: 0.2, momentum: 0.9 }),
      features: { average: { decay: 0.75 } },
    }),
  "one-cycle": () =>
    variant({
      optimizer: sgd({
        learningRate: oneCycle({ steps: 10, peak: 0.5 }),
        momentum: oneCycle({ steps: 10, start: 0.95, peak: 0.85, end: 0.95 }),
        nesterov: true,
      }),
    }),
};

describe.each(backends)("ten steps on $description agree with PyTorch", (backend) => {
  const tolerance = backend.name === "reference" ? REFERENCE_TOLERANCE : TOLERANCE;
  const expectClose = (found: ArrayLike<number>, expected: readonly number[], what: string) =>
    expect(largestDifference(found, expected), what).toBeLessThan(tolerance);

  test.each(golden.cases)("$name", async (expected) => {
    const { model, loss, optimizer, features } = subjects[expected.name]!();
    const step = buildStep(model, loss, optimizer, {
      batchSize: golden.batch,
      inputShape: [5],
      sampleWeights: expected.weights !== undefined,
      ...features,
    });
    const session = await backend.open();
    const executable = await session.compile(step.program);
    expect(step.tree.members.map(({ path }) => path).toSorted()).toEqual(
      Object.keys(expected.first).toSorted(),
    );
    for (const { path, slot } of step.tree.members) session.write(slot, expected.first[path]!);
    for (const { slot, of } of step.averageSlots) session.write(slot, expected.first[of.name]!);

    for (let i = 0; i < golden.steps; i++) {
      feed(executable, step, expected, i);
      executable.run();
      expectClose(executable.output("loss"), [expected.losses[i]!], `loss of step ${i}`);
      if (expected.penalties !== undefined) {
        expectClose(executable.output("penalty"), [expected.penalties[i]!], `penalty ${i}`);
      }
    }
    for (const { slot, of } of step.averageSlots) {
      expectClose(session.read(slot), expected.average![of.name]!, slot.name);
    }

    const weights = new Map(
      step.tree.members.map(({ path, slot }) => {
        const data = session.read(slot);
        expectClose(data, expected.last[path]!, path);
        return [path, { shape: slot.shape, dtype: "f32" as const, data }];
      }),
    );
    const probe = { inputs: Float32Array.from(golden.probe), shape: [5], count: 4 };
    const { data } = await predict(model, weights, probe, { backend });
    expectClose(data, expected.evaluated, "evaluation");
  });
});

function feed(
  executable: Executable,
  step: StepProgram,
  { inputs, targets, weights }: GoldenCase,
  index: number,
): void {
  executable.input("x").set(inputs[index]!);
  executable.input("target").set(targets[index]!);
  if (weights !== undefined) executable.input("sampleWeights").set(weights[index]!);
  for (const [name, data] of Object.entries(step.loss.constants ?? {})) {
    executable.input(`loss/${name}`).set(data);
  }
  for (const scalar of step.feeds) executable.input(scalar.input)[0] = scalar.value(index);
  for (const { input, stream } of step.trace.randomStreams) {
    executable.input(input).set(streamKey(golden.seed, stream, index));
  }
}
