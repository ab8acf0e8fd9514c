import { sizeOf } from "../../base/shape.ts";
import { streamKey } from "../../base/random.ts";
import { gatherInputs, type Examples } from "../../data/index.ts";
import { input, softmax } from "../../graph/index.ts";
import { trace, type Module, type Weights } from "../../nn/index.ts";
import type { Backend } from "../../run/backend.ts";
import { openModel } from "../../train/open-model.ts";

export interface ThinnedOptions {
  /** How many networks. */
  readonly samples: number;
  /** Of the masks. */
  readonly seed: number;
  readonly backend: Backend;
}

/** Examples passed at once, at most. */
const CHUNK = 1_000;

/**
 * The predictions of networks that dropout thins: in each, one mask for all examples.
 *
 * Shape:  examples [count, ...shape] → per network [count, classes], probabilities.
 */
export async function thinnedNetworks(
  model: Module,
  weights: Weights,
  examples: Examples,
  { samples, seed, backend }: ThinnedOptions,
): Promise<Float32Array[]> {
  const { session, tree } = await openModel(model, weights, backend, "thinnedNetworks");
  const size = chunkOf(examples.count);
  const x = input("x", [size, ...examples.shape]);
  const traced = trace(model, x, { phase: "eval", noise: true, sharedNoise: true, tree });
  const probabilities = softmax(traced.output);
  const program = { outputs: { probabilities }, writes: [] };
  const executable = await session.compile(program, { name: "thinned-networks" });
  const rows = Uint32Array.from({ length: examples.count }, (_, row) => row);
  const perExample = sizeOf(probabilities.shape) / size;
  const predictions = Array.from(
    { length: samples },
    () => new Float32Array(examples.count * perExample),
  );
  // Chunk by chunk, so that examples are copied once and not for every network.
  for (let start = 0; start < examples.count; start += size) {
    const into = executable.input("x") as Float32Array;
    gatherInputs(examples, { rows, start, count: size }, into);
    predictions.forEach((prediction, sample) => {
      for (const { input: name, stream } of traced.randomStreams) {
        executable.input(name).set(streamKey(seed, stream, sample));
      }
      executable.run();
      prediction.set(executable.output("probabilities"), start * perExample);
    });
  }
  return predictions;
}

/** The largest divisor of `count` that is at most CHUNK. */
function chunkOf(count: number): number {
  let size = Math.min(count, CHUNK);
  while (count % size !== 0) size--;
  return size;
}
