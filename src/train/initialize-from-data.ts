import { DataError, OptionError } from "../base/errors.ts";
import { asFloats } from "../data/as-floats.ts";
import type { Examples } from "../data/dataset.ts";
import { input } from "../graph/ops/input.ts";
import { mean } from "../graph/ops/mean.ts";
import { variance } from "../graph/ops/variance.ts";
import type { Value } from "../graph/value.ts";
import {
  isWeightNorm,
  trace,
  type MemberTree,
  type Module,
  type Parameter,
  type WeightNorm,
  type Weights,
} from "../nn/index.ts";
import type { Backend, Executable } from "../run/backend.ts";
import { checkExamples } from "./check-split.ts";
import { openModel } from "./open-model.ts";

export interface InitializeFromDataOptions {
  /** Defaults to *the fastest backend that runs here*. */
  readonly backend?: Backend;
}

/**
 * The same weights with gain and bias of every `weightNorm` set so that its outputs have mean 0
 * and variance 1 per channel over the examples, taken as one batch: with t = v · x / ‖v‖,
 * gain ← 1 / σ[t] and bias ← −μ[t] / σ[t], layer by layer on what the earlier ones give then.
 * Without a bias only the variance is set. Batch normalization uses the batch, dropout does not draw.
 *
 * Errors: OptionError if no `weightNorm` is in the model; DataError if the weights are not the
 *         model's, or an output is the same for all examples.
 * Source: Salimans & Kingma 2016, arXiv:1602.07868, section 3.
 */
export async function initializeFromData(
  model: Module,
  weights: Weights,
  examples: Examples,
  { backend }: InitializeFromDataOptions = {},
): Promise<Weights> {
  checkExamples(examples, "initializeFromData");
  const { session, tree } = await openModel(model, weights, backend, "initializeFromData");
  const layers = weightNormsOf(model, tree, examples);
  const outputs = Object.fromEntries(
    layers.flatMap(({ path, output }) => {
      const axes = output.shape.slice(0, -1).map((_, axis) => axis);
      return [
        [`mean ${path}`, mean(output, axes)],
        [`variance ${path}`, variance(output, axes)],
      ];
    }),
  );
  const executable = await session.compile({ outputs, writes: [] }, { name: "initialize" });
  executable.input("x").set(asFloats(examples).inputs);
  const changed = new Map(weights);
  const write = (member: Parameter, data: Float32Array): void => {
    const { path, slot } = tree.members.find((named) => named.member === member)!;
    session.write(slot, data);
    changed.set(path, { shape: slot.shape, dtype: "f32", data });
  };
  for (const { module } of layers) {
    write(module.gain, new Float32Array(module.gain.shape[0]!).fill(1));
    if (module.bias !== null) write(module.bias, new Float32Array(module.bias.shape[0]!));
  }
  for (const layer of layers) settle(layer, executable, write);
  return changed;
}

interface Place {
  readonly path: string;
  readonly module: WeightNorm;
  readonly output: Value;
}

/** In the order of application; one applied twice counts where it is applied first. */
function weightNormsOf(model: Module, tree: MemberTree, examples: Examples): Place[] {
  const x = input("x", [examples.count, ...examples.shape]);
  const { observations } = trace(model, x, { phase: "train", noise: false, tree });
  const seen = new Set<Module>();
  const layers = observations.flatMap(({ path, module, output }) => {
    if (!isWeightNorm(module) || seen.has(module)) return [];
    seen.add(module);
    return [{ path, module, output }];
  });
  if (layers.length > 0) return layers;
  throw new OptionError(
    `initializeFromData: the model must have a weightNorm, got none in ${model.label}`,
  );
}

/** Runs the batch with the earlier layers settled, and sets this one by what it gives. */
function settle(
  { path, module }: Place,
  executable: Executable,
  write: (member: Parameter, data: Float32Array) => void,
): void {
  executable.run();
  const means = Float32Array.from(executable.output(`mean ${path}`));
  const variances = executable.output(`variance ${path}`);
  const gain = Float32Array.from(variances, (value) => 1 / Math.sqrt(value));
  const dead = gain.findIndex((value) => !Number.isFinite(value));
  if (dead >= 0) {
    throw new DataError(
      `initializeFromData: each output must vary over the examples, got output ${dead} of layer "${path}" constant at ${means[dead]}`,
    );
  }
  write(module.gain, gain);
  if (module.bias === null) return;
  const bias = means.map((value, c) => -value * gain[c]!);
  write(module.bias, bias);
}
