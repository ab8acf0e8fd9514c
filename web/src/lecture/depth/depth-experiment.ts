/**
 * Mean and variance of the activations of deep networks before any training, layer by layer.
 *
 * Source: Klambauer et al. 2017, "Self-Normalizing Neural Networks", by the authors' released code.
 */
import { digitsSample, type Split } from "evenkeel/data";
import { input, mean, variance } from "evenkeel/graph";
import {
  alphaDropout,
  dropout,
  heNormal,
  initialize,
  lecunNormal,
  linear,
  memberTree,
  relu,
  selu,
  sequential,
  streamKey,
  tanh,
  trace,
  zeros,
  type Initializer,
  type Module,
} from "evenkeel/nn";
import { wasmBackend } from "evenkeel/run";
import type { Experiment } from "../training/experiment.ts";
import { LAYERS, RATE, WIDTH, type DepthArm, type DepthNoise } from "./depth-arms.ts";

export interface DepthSettings {
  readonly arms: readonly DepthArm[];
  readonly noise: DepthNoise;
  readonly seed: number;
}

export interface DepthUpdate {
  readonly arm: DepthArm;
  /** After each layer, from the first on; over all units and examples. */
  readonly means: readonly number[];
  readonly variances: readonly number[];
}

const EXAMPLES = 100;

const kinds: Readonly<Record<DepthArm, { readonly weight: Initializer; act(): Module }>> = {
  selu: { weight: lecunNormal, act: selu },
  "selu-he": { weight: heNormal, act: selu },
  relu: { weight: heNormal, act: relu },
  tanh: { weight: lecunNormal, act: tanh },
};

export const depthExperiment: Experiment<DepthSettings, DepthUpdate> = async function* ({
  arms,
  noise,
  seed,
}) {
  const { test } = await digitsSample();
  const examples = standardized(test);
  for (const arm of arms) yield { arm, ...(await propagate(arm, { noise, seed }, examples)) };
};

/** Each layer's activation, and after it the noise. */
function layersOf(arm: DepthArm, noise: DepthNoise): Module[] {
  const { weight, act } = kinds[arm];
  const drop: Readonly<Record<DepthNoise, () => readonly Module[]>> = {
    none: () => [],
    dropout: () => [dropout({ rate: RATE })],
    "alpha-dropout": () => [alphaDropout({ rate: RATE })],
  };
  return Array.from({ length: LAYERS }, (_, layer) =>
    sequential(
      linear(layer === 0 ? 784 : WIDTH, WIDTH, { weight, bias: zeros }),
      act(),
      ...drop[noise](),
    ),
  );
}

async function propagate(
  arm: DepthArm,
  { noise, seed }: Omit<DepthSettings, "arms">,
  examples: Float32Array,
): Promise<Omit<DepthUpdate, "arm">> {
  const layers = layersOf(arm, noise);
  const model = sequential(...layers);
  const tree = memberTree(model);
  const x = input("x", [EXAMPLES, 784]);
  const { observations, randomStreams } = trace(model, x, { phase: "train", tree });
  const after = layers.map((layer) => observations.find(({ module }) => module === layer)!.output);
  const outputs = Object.fromEntries(
    after.flatMap((value, k) => [
      [`mean ${k}`, mean(value, [0, 1])],
      [`variance ${k}`, variance(value, [0, 1])],
    ]),
  );
  const session = await wasmBackend().open();
  const executable = await session.compile({ outputs, writes: [] }, { name: "depth" });
  const weights = initialize(model, seed);
  for (const { path, slot } of tree.members) session.write(slot, weights.get(path)!.data);
  executable.input("x").set(examples);
  for (const { input: name, stream } of randomStreams) {
    executable.input(name).set(streamKey(seed, stream, 0));
  }
  executable.run();
  const read = (name: string): number[] =>
    after.map((_, k) => executable.output(`${name} ${k}`)[0]!);
  return { means: read("mean"), variances: read("variance") };
}

/** The first digits with mean 0 and variance 1 over all their pixels. */
function standardized({ inputs }: Split): Float32Array {
  const values = Float64Array.from(inputs.subarray(0, EXAMPLES * 784));
  const centre = values.reduce((sum, value) => sum + value, 0) / values.length;
  const square = values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / values.length;
  return Float32Array.from(values, (value) => (value - centre) / Math.sqrt(square));
}
