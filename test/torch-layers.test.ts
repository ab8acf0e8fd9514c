/**
 * Every layer by itself against PyTorch in float64: three training steps (result, gradient for the
 * input and every parameter), the statistics after them, one evaluation. The numbers and the script
 * that made them are in fixtures/torch-layers.*.
 */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { streamKey } from "../src/base/random.ts";
import { derivatives, input, mul, sum, type Program } from "../src/graph/index.ts";
import {
  alphaDropout,
  batchNorm,
  batchRenorm,
  conv2d,
  dropBlock,
  dropConnect,
  dropout,
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
  selu,
  sequential,
  silu,
  softmax,
  softplus,
  spatialDropout,
  spectralNorm,
  stochasticDepth,
  trace,
  weightNorm,
  weightStandardization,
  type MemberTree,
  type Module,
  type Trace,
} from "../src/nn/index.ts";
import type { Executable, Session } from "../src/run/backend.ts";
import { backends } from "./backends.ts";
import { largestDifference } from "./close-to.ts";

/** Largest difference, of the larger of 1 and the number's size: some f32 roundings of each term. */
const TOLERANCE = 4e-6;
/** The reference backend rounds what goes in and out only; Gaussian draws are good to 4e-7. */
const REFERENCE_TOLERANCE = 5e-7;

type Numbers = Readonly<Record<string, readonly number[]>>;

interface GoldenCase {
  readonly name: string;
  readonly shape: readonly number[];
  /** In 64ths, as are the statistics before the first step, inputs and weights. */
  readonly parameters: Numbers;
  readonly statistics: Numbers;
  readonly steps: readonly {
    readonly x: readonly number[];
    readonly weights: readonly number[];
    readonly y: readonly number[];
    readonly dx: readonly number[];
    readonly gradients: Numbers;
  }[];
  readonly after: Numbers;
  readonly evaluation: { readonly x: readonly number[]; readonly y: readonly number[] };
}

const golden = JSON.parse(
  readFileSync(new URL("../fixtures/torch-layers.json", import.meta.url), "utf8"),
) as { readonly seed: number; readonly cases: readonly GoldenCase[] };

/** The layers of the script, in our words. */
const layers: Readonly<Record<string, () => Module>> = {
  leakyRelu,
  "leakyRelu slope 0.2": () => leakyRelu({ slope: 0.2 }),
  elu,
  "elu alpha 0.5": () => elu({ alpha: 0.5 }),
  selu,
  gelu,
  "gelu tanh": () => gelu({ form: "tanh" }),
  silu,
  softplus,
  "softplus beta 2": () => softplus({ beta: 2 }),
  softmax,
  batchNorm: () => batchNorm(5),
  "batchNorm batch of 2": () => batchNorm(3),
  "batchNorm no affine": () => batchNorm(3, { scale: false, shift: false }),
  "batchNorm eps and decay": () => batchNorm(3, { eps: 0.01, decay: 0.7 }),
  "batchNorm cumulative": () => batchNorm(3, { decay: "cumulative" }),
  "batchNorm untracked": () => batchNorm(3, { statistics: "batch" }),
  "batchNorm 1d": () => batchNorm(4),
  "batchNorm 2d": () => batchNorm(5),
  "batchNorm 3d": () => batchNorm(3),
  "batchNorm frozen": () => batchNorm(3, { frozen: true }),
  ghostBatchNorm: () => ghostBatchNorm(4, { ghostSize: 3 }),
  layerNorm: () => layerNorm(7),
  "layerNorm no affine": () => layerNorm(5, { scale: false, shift: false }),
  "layerNorm image": () => layerNorm([3, 2, 5], { eps: 0.01 }),
  "layerNorm positions": () => layerNorm(5),
  "groupNorm 1": () => groupNorm(1, 6),
  "groupNorm 2": () => groupNorm(2, 6),
  "groupNorm 6": () => groupNorm(6, 6),
  "groupNorm no affine": () => groupNorm(2, 8, { scale: false, shift: false }),
  instanceNorm: () => instanceNorm(3),
  "instanceNorm 2d no affine": () => instanceNorm(3, { scale: false, shift: false }),
  "instanceNorm running": () => instanceNorm(2, { statistics: "running", decay: 0.8 }),
  "localResponseNorm 3": () => localResponseNorm({ size: 3, alpha: 0.5, beta: 0.75, k: 2 }),
  "localResponseNorm 4": () => localResponseNorm({ size: 4, alpha: 0.3, beta: 0.5, k: 1 }),
  rmsNorm: () => rmsNorm(7),
  "lpBatchNorm 1 rank 2": () => lpBatchNorm(3, { order: 1 }),
  "lpBatchNorm 1 rank 4": () => lpBatchNorm(3, { order: 1 }),
  "lpBatchNorm 2 rank 2": () => lpBatchNorm(3, { order: 2 }),
  "lpBatchNorm 2 rank 4": () => lpBatchNorm(3, { order: 2 }),
  "lpBatchNorm 3.5 rank 2": () => lpBatchNorm(3, { order: 3.5 }),
  "lpBatchNorm 3.5 rank 4": () => lpBatchNorm(3, { order: 3.5 }),
  "lpBatchNorm inf rank 2": () => lpBatchNorm(3, { order: Infinity }),
  "lpBatchNorm inf rank 4": () => lpBatchNorm(3, { order: Infinity }),
  batchRenorm: () => batchRenorm(4, { ratioLimit: 1.5, shiftLimit: 0.5, decay: 0.6 }),
  "batchRenorm ramp": () =>
    batchRenorm(4, { ratioLimit: 1.5, shiftLimit: 0.5, decay: 0.6, ramp: { from: 1, to: 3 } }),
  meanOnlyBatchNorm: () => meanOnlyBatchNorm(4),
  "noisyBatchNorm rank 2": () => noisyBatchNorm(3),
  "noisyBatchNorm rank 4": () => noisyBatchNorm(3),
  weightNorm: () => weightNorm(linear(5, 3)),
  "spectralNorm 1": () => spectralNorm(linear(5, 4)),
  "spectralNorm 3": () => spectralNorm(linear(5, 4), { iterations: 3 }),
  "weightNorm of conv2d": () => weightNorm(conv2d(2, 3, 2)),
  "spectralNorm of conv2d": () => spectralNorm(conv2d(2, 4, 2)),
  weightStandardization: () => weightStandardization(linear(6, 3)),
  dropConnect: () => dropConnect(linear(6, 3), { keep: 0.6 }),
  "dropConnect per example": () => dropConnect(linear(6, 3), { keep: 0.6, per: "example" }),
  dropout: () => dropout({ keep: 0.7 }),
  "spatialDropout 1d": () => spatialDropout({ keep: 0.5 }),
  "spatialDropout 2d": () => spatialDropout({ rate: 0.25 }),
  gaussianDropout: () => gaussianDropout({ keep: 0.7 }),
  alphaDropout: () => alphaDropout({ keep: 0.8 }),
  featureAlphaDropout: () => featureAlphaDropout({ keep: 0.5 }),
  dropBlock: () => dropBlock({ keep: 0.7, blockSize: 3 }),
  "dropBlock clipped": () => dropBlock({ keep: 0.7, blockSize: 4 }),
  stochasticDepth: () => stochasticDepth(linear(4, 4), { keep: 0.6 }),
  "stochasticDepth per batch": () => stochasticDepth(linear(4, 4), { keep: 0.6, per: "batch" }),
};

const cases = golden.cases.map((sample) => [sample.name, sample] as const);

test("every layer here has numbers, and all numbers a layer", () => {
  expect(golden.cases.map(({ name }) => name).toSorted()).toEqual(Object.keys(layers).toSorted());
});

describe.each(backends)("$description agrees with PyTorch", (backend) => {
  const tolerance = backend.name === "reference" ? REFERENCE_TOLERANCE : TOLERANCE;
  const expectClose = (found: ArrayLike<number>, expected: readonly number[], what: string) =>
    expect(largestDifference(found, expected), what).toBeLessThan(tolerance);

  test.each(cases)("%s", async (name, sample) => {
    const model = sequential(layers[name]!());
    const tree = memberTree(model);
    const session = await backend.open();
    const step = training(model, tree, sample.shape);
    const executable = await session.compile(step.program);
    const held = { ...sample.parameters, ...sample.statistics };
    const names = tree.members.map(({ path }) => lastOf(path)).toSorted();
    expect(Object.keys(held).toSorted()).toEqual(names);
    for (const { path, slot } of tree.members) session.write(slot, from64ths(held[lastOf(path)]!));

    sample.steps.forEach((expected, i) => {
      feed(executable, step.traced, { x: expected.x, weights: expected.weights }, i);
      executable.run();
      expectClose(executable.output("y"), expected.y, `result of step ${i}`);
      expectClose(executable.output("dx"), expected.dx, `dx of step ${i}`);
      expect(step.gradients.toSorted()).toEqual(Object.keys(expected.gradients).toSorted());
      for (const parameter of step.gradients) {
        const found = executable.output(`gradient ${parameter}`);
        expectClose(found, expected.gradients[parameter]!, `d${parameter} of step ${i}`);
      }
    });
    expect(statisticsOf(session, tree, sample.after)).toEqual(Object.keys(sample.after).toSorted());
    for (const { path, slot } of tree.members) {
      const expected = sample.after[lastOf(path)];
      if (expected !== undefined) expectClose(session.read(slot), expected, path);
    }

    const evaluated = trace(model, input("x", sample.shape), { phase: "eval", tree });
    const program = { outputs: { y: evaluated.output }, writes: [] };
    const evaluation = await session.compile(program);
    feed(evaluation, evaluated, { x: sample.evaluation.x }, 0);
    evaluation.run();
    expectClose(evaluation.output("y"), sample.evaluation.y, "evaluation");
  });
});

interface Training {
  readonly program: Program;
  readonly traced: Trace;
  /** Names of parameters with a gradient among the outputs. */
  readonly gradients: readonly string[];
}

function training(model: Module, tree: MemberTree, shape: readonly number[]): Training {
  const x = input("x", shape);
  const traced = trace(model, x, { phase: "train", tree });
  const loss = sum(mul(traced.output, input("weights", traced.output.shape)));
  const [dx, ...slopes] = derivatives(loss, [x, ...traced.parameters.map(({ value }) => value)]);
  const gradients = traced.parameters.map(({ path }) => lastOf(path));
  const outputs = Object.fromEntries(
    slopes.map((slope, i) => [`gradient ${gradients[i]!}`, slope]),
  );
  return {
    program: { outputs: { y: traced.output, dx: dx!, ...outputs }, writes: traced.updates },
    traced,
    gradients,
  };
}

function feed(executable: Executable, traced: Trace, data: Numbers, step: number): void {
  for (const [name, numbers] of Object.entries(data)) {
    executable.input(name).set(from64ths(numbers));
  }
  for (const { input: name, stream } of traced.randomStreams) {
    executable.input(name).set(streamKey(golden.seed, stream, step));
  }
}

/** The names of the members that PyTorch keeps as buffers and we as statistics. */
function statisticsOf(session: Session, tree: MemberTree, after: Numbers): string[] {
  return tree.members
    .filter(({ slot, path }) => session.read(slot).length === after[lastOf(path)]?.length)
    .map(({ path }) => lastOf(path))
    .toSorted();
}

const lastOf = (path: string): string => path.slice(path.lastIndexOf(".") + 1);

const from64ths = (numbers: readonly number[]): number[] => numbers.map((number) => number / 64);
