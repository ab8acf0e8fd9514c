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
import { adam, adamW, buildStep, predict, scalarInput, sgd } from "../src/train/index.ts";
import type { Optimizer, StepProgram } from "../src/train/index.ts";
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
}

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
};

describe.each(backends)("ten steps on $description agree with PyTorch", (backend) => {
  const tolerance = backend.name === "reference" ? REFERENCE_TOLERANCE : TOLERANCE;
  const expectClose = (found: ArrayLike<number>, expected: readonly number[], what: string) =>
    expect(largestDifference(found, expected), what).toBeLessThan(tolerance);

  test.each(golden.cases)("$name", async (expected) => {
    const { model, loss, optimizer } = subjects[expected.name]!();
    const step = buildStep(model, loss, optimizer, { batchSize: golden.batch, inputShape: [5] });
    const session = await backend.open();
    const executable = await session.compile(step.program);
    expect(step.tree.members.map(({ path }) => path).toSorted()).toEqual(
      Object.keys(expected.first).toSorted(),
    );
    for (const { path, slot } of step.tree.members) session.write(slot, expected.first[path]!);

    for (let i = 0; i < golden.steps; i++) {
      feed(executable, step, optimizer, expected, i);
      executable.run();
      expectClose(executable.output("loss"), [expected.losses[i]!], `loss of step ${i}`);
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
  optimizer: Optimizer,
  { inputs, targets }: GoldenCase,
  index: number,
): void {
  executable.input("x").set(inputs[index]!);
  executable.input("target").set(targets[index]!);
  for (const name of step.scalars) {
    executable.input(scalarInput(name))[0] = optimizer.scalars[name]!(index);
  }
  for (const { input, stream } of step.trace.randomStreams) {
    executable.input(input).set(streamKey(golden.seed, stream, index));
  }
}
