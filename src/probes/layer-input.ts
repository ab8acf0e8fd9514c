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

/** Runs the forward pass over an observation's batches and shows what each gave, until the next. */
export interface LayerWatch {
  readonly units: number;
  /** Rows of one batch: batchSize · |S|. */
  readonly rows: number;
  each(step: number, visit: (batch: Float32Array, index: number) => void): void;
}

/**
 * Compiles the forward pass as a program without writes and returns a function that runs it over
 * the examples.
 *
 * Shape:  a layer's input [N, ...S, C] gives rows = count · |S| and units = C.
 * Errors: OptionError for a layer that is not there, or counts that do not fit.
 */
export async function layerInput(
  site: ProbeSite,
  options: LayerInputOptions,
): Promise<(step: number) => LayerInput> {
  const { each, rows, units } = await watchLayer(site, options);
  const perBatch = rows * units;
  const data = new Float32Array(batchCount(options) * perBatch);
  return (step) => {
    each(step, (batch, index) => data.set(batch, index * perBatch));
    return { data, rows: data.length / units, units };
  };
}

/** The same without keeping what was seen. */
export async function watchLayer(
  { model, tree, session }: ProbeSite,
  options: LayerInputOptions & { readonly of?: LayerSide },
): Promise<LayerWatch> {
  const { layer, examples, batchSize, phase, noise = false, of = "input" } = options;
  checkBatches(options, "layerInput");
  const x = input("x", [batchSize, ...examples.shape], "f32");
  const traced = trace(model, x, { phase, noise, tree });
  const seen = observationAt(traced, layer, "layerInput")[checkSide(of, "layerInput")];
  const program = { outputs: { seen }, writes: [] };
  const feed = batchFeed({ program, trace: traced }, options);
  const executable = await session.compile(program, { name: `probe-${layer}` });
  const units = seen.shape.at(-1) ?? 1;
  return {
    units,
    rows: sizeOf(seen.shape) / units,
    each(step, visit) {
      for (let index = 0; index < batchCount(options); index++) {
        feed(executable, step, index);
        executable.run();
        visit(executable.output("seen") as Float32Array, index);
      }
    },
  };
}

/** What of a layer is observed: what it receives or what it puts out. */
export type LayerSide = "input" | "output";

export function checkSide(of: LayerSide, who: string): LayerSide {
  if (of === "input" || of === "output") return of;
  throw new OptionError(`${who}: of must be "input" or "output", got ${JSON.stringify(of)}`);
}

/** Errors: OptionError for a layer that the model does not apply. */
export function observationAt(traced: Trace, layer: string, who: string): Observation {
  const seen = traced.observations.find(({ path }) => path === layer);
  if (seen !== undefined) return seen;
  const known = traced.observations.map(({ path }) => `"${path}"`).join(", ");
  throw new OptionError(`${who}: layer must be one of ${known}, got "${layer}"`);
}
