/** Runs a model's graph outside training: given weights or first ones, masks of a seed and step. */
import { streamKey } from "../src/base/random.ts";
import type { Shape } from "../src/base/shape.ts";
import { derivatives, input, mul, sum } from "../src/graph/index.ts";
import {
  initialize,
  memberTree,
  trace,
  type Module,
  type Phase,
  type Weights,
} from "../src/nn/index.ts";
import type { Backend } from "../src/run/backend.ts";
import { reference } from "../src/run/reference.ts";

export interface LayerRun {
  readonly phase?: Phase;
  readonly noise?: boolean;
  readonly sharedNoise?: boolean;
  readonly weights?: Weights;
  readonly seed?: number;
  readonly step?: number;
  readonly backend?: Backend;
}

export interface LayerResult {
  readonly shape: Shape;
  readonly y: Float32Array;
  /** Of sum(y · weights), for the input and by parameter; zeros without weights. */
  readonly dx: Float32Array;
  readonly gradients: ReadonlyMap<string, Float32Array>;
  /** The statistics after the run, by path. */
  readonly after: ReadonlyMap<string, Float32Array>;
}

/** One run of `model` on `x`; `along` is the gradient of the loss for y. */
export async function runLayer(
  model: Module,
  shape: Shape,
  x: ArrayLike<number>,
  options: LayerRun & { readonly along?: ArrayLike<number> } = {},
): Promise<LayerResult> {
  const { phase = "train", noise = phase === "train", sharedNoise = false } = options;
  const { seed = 1, step = 0, backend = reference, along } = options;
  const tree = memberTree(model);
  const xs = input("x", shape);
  const traced = trace(model, xs, { phase, noise, sharedNoise, tree });
  const loss = sum(mul(traced.output, input("along", traced.output.shape)));
  const values = traced.parameters.map(({ value }) => value);
  const [dx, ...slopes] = derivatives(loss, [xs, ...values]);
  const named = slopes.map((slope, i) => [traced.parameters[i]!.path, slope] as const);
  const session = await backend.open();
  const executable = await session.compile({
    outputs: { y: traced.output, dx: dx!, ...Object.fromEntries(named) },
    writes: traced.updates,
  });
  const weights = options.weights ?? initialize(model, seed);
  for (const { path, slot } of tree.members) session.write(slot, weights.get(path)!.data);
  executable.input("x").set(x);
  if (along !== undefined) executable.input("along").set(along);
  for (const { input: name, stream } of traced.randomStreams) {
    executable.input(name).set(streamKey(seed, stream, step));
  }
  executable.run();
  const copy = (name: string): Float32Array => Float32Array.from(executable.output(name));
  return {
    shape: traced.output.shape,
    y: copy("y"),
    dx: copy("dx"),
    gradients: new Map(named.map(([path]) => [path, copy(path)])),
    after: new Map(
      traced.updates.map(({ path, slot }) => [path, Float32Array.from(session.read(slot))]),
    ),
  };
}

/** Numbers of the standard normal distribution, the same at every run. */
export function gaussians(length: number, stream = 1): Float32Array {
  let state = (stream * 2654435761) >>> 0;
  const uniform = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  return Float32Array.from({ length }, () => {
    const radius = Math.sqrt(-2 * Math.log(uniform()));
    return radius * Math.cos(2 * Math.PI * uniform());
  });
}

export const meanOf = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((total, value) => total + value, 0) / values.length;

/** Divided by n. */
export const varianceOf = (values: ArrayLike<number>): number => {
  const mean = meanOf(values);
  return meanOf(Array.from(values, (value) => (value - mean) ** 2));
};
