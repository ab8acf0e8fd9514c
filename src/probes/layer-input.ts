import { OptionError } from "../base/errors.ts";
import { sizeOf } from "../base/shape.ts";
import { input } from "../graph/ops/input.ts";
import { trace, type Observation, type Trace } from "../nn/index.ts";
import { batchCount, batchFeed, checkBatches, type BatchOptions } from "./batches.ts";
import type { ProbeSite } from "./probe.ts";

export interface LayerInputOptions extends BatchOptions {
  /** Path of the layer whose input is observed, such as `5`; `3#2` for a second application. */
  readonly layer: string;
}

/** What a layer received, for all examples: row-major [rows, units], rows ≥ count. */
export interface LayerInput {
  readonly data: Float32Array;
  readonly rows: number;
  readonly units: number;
}

/**
 * Compiles the forward pass as a program without writes and returns a function that runs it over
 * the examples.
 *
 * Shape:  a layer's input [N, ...S, C] gives rows = count · |S| and units = C.
 * Errors: OptionError for a layer that is not there, or counts that do not fit.
 */
export async function layerInput(
  { model, tree, session }: ProbeSite,
  options: LayerInputOptions,
): Promise<(step: number) => LayerInput> {
  const { layer, examples, batchSize, phase, noise = false } = options;
  checkBatches(options, "layerInput");
  const x = input("x", [batchSize, ...examples.shape], "f32");
  const traced = trace(model, x, { phase, noise, tree });
  const seen = observationAt(traced, layer, "layerInput");
  const program = { outputs: { seen: seen.input }, writes: [] };
  const feed = batchFeed({ program, trace: traced }, options);
  const executable = await session.compile(program, { name: `probe-${layer}` });
  const batches = batchCount(options);
  const units = seen.input.shape.at(-1) ?? 1;
  const perBatch = sizeOf(seen.input.shape);
  const data = new Float32Array(batches * perBatch);
  return (step) => {
    for (let index = 0; index < batches; index++) {
      feed(executable, step, index);
      executable.run();
      data.set(executable.output("seen"), index * perBatch);
    }
    return { data, rows: data.length / units, units };
  };
}

/** Errors: OptionError for a layer that the model does not apply. */
export function observationAt(traced: Trace, layer: string, who: string): Observation {
  const seen = traced.observations.find(({ path }) => path === layer);
  if (seen !== undefined) return seen;
  const known = traced.observations.map(({ path }) => `"${path}"`).join(", ");
  throw new OptionError(`${who}: layer must be one of ${known}, got "${layer}"`);
}
