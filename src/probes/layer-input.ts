import { OptionError } from "../base/errors.ts";
import { sizeOf } from "../base/shape.ts";
import { gatherInputs, type Split } from "../data/index.ts";
import { input } from "../graph/ops/input.ts";
import { trace, type Phase } from "../nn/index.ts";
import type { ProbeSite } from "./probe.ts";

export interface LayerInputOptions {
  /** Path of the layer whose input is observed, such as `5`; `3#2` for a second application. */
  readonly layer: string;
  /** Examples the model does not train on. */
  readonly examples: Split;
  /** How many of them, from the first on; a multiple of `batchSize`. */
  readonly count: number;
  /** Examples per forward pass: normalization in phase `train` sees this many at a time. */
  readonly batchSize: number;
  /** Whether normalization uses the batch's statistics (`train`) or the running ones (`eval`). */
  readonly phase: Phase;
}

/** What a layer received, for all examples: row-major [rows, units], rows ≥ count. */
export interface LayerInput {
  readonly data: Float32Array;
  readonly rows: number;
  readonly units: number;
}

/**
 * Compiles the forward pass as a program without writes and returns a function that runs it over
 * the examples. Random layers do not draw: an observation is a function of the weights alone.
 *
 * Shape:  a layer's input [N, ...S, C] gives rows = count · |S| and units = C.
 * Errors: OptionError for a layer that is not there, or counts that do not fit.
 */
export async function layerInput(
  { model, tree, session }: ProbeSite,
  { layer, examples, count, batchSize, phase }: LayerInputOptions,
): Promise<() => LayerInput> {
  checkCounts(count, batchSize, examples.count);
  const x = input("x", [batchSize, ...examples.shape], "f32");
  const traced = trace(model, x, { phase, noise: false, tree });
  const seen = traced.observations.find(({ path }) => path === layer);
  if (seen === undefined) {
    const known = traced.observations.map(({ path }) => `"${path}"`).join(", ");
    throw new OptionError(`layerInput: layer must be one of ${known}, got "${layer}"`);
  }
  const program = { outputs: { seen: seen.input }, writes: [] };
  const executable = await session.compile(program, { name: `probe-${layer}` });
  const units = seen.input.shape.at(-1) ?? 1;
  const perBatch = sizeOf(seen.input.shape);
  const data = new Float32Array((count / batchSize) * perBatch);
  const order = Uint32Array.from({ length: count }, (_, row) => row);
  return () => {
    for (let start = 0; start < count; start += batchSize) {
      const into = executable.input("x") as Float32Array;
      gatherInputs(examples, { rows: order, start, count: batchSize }, into);
      executable.run();
      data.set(executable.output("seen"), (start / batchSize) * perBatch);
    }
    return { data, rows: data.length / units, units };
  };
}

function checkCounts(count: number, batchSize: number, available: number): void {
  if (!(Number.isInteger(batchSize) && batchSize >= 1)) {
    throw new OptionError(`layerInput: batchSize must be a positive integer, got ${batchSize}`);
  }
  if (!(Number.isInteger(count) && count >= batchSize && count % batchSize === 0)) {
    throw new OptionError(
      `layerInput: count must be a positive multiple of batchSize ${batchSize}, got ${count}`,
    );
  }
  if (count > available) {
    throw new OptionError(`layerInput: count must be at most ${available} examples, got ${count}`);
  }
}
