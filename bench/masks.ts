import { streamKey, uniform } from "../src/base/random.ts";
import { sizeOf } from "../src/base/shape.ts";
import { shapesOf, type Network } from "./workloads/workload.ts";

/** The seed of a run; a mask is a function of it, the layer's path and the step. */
export const MASK_SEED = 1;

/**
 * What a dropout layer keeps at a step: 1 or 0 for each element of its input. These are the masks
 * that our layer documents to draw, so it is held to them; engines with random numbers of their
 * own are handed them for the check.
 */
export function dropoutMask(network: Network, index: number, step: number): Uint8Array {
  const layer = network.layers[index]!;
  if (layer.kind !== "dropout") throw new Error(`dropoutMask: layer ${index} is ${layer.kind}`);
  const key = streamKey(MASK_SEED, `dropout/${index}`, step);
  const keep = Math.fround(1 - layer.rate);
  const size = network.batch * sizeOf(shapesOf(network)[index]!);
  return Uint8Array.from({ length: size }, (_, element) => (uniform(element, key) < keep ? 1 : 0));
}

/** The masks of all steps of the check: step by step, layer by layer. */
export function checkMasks(network: Network): Uint8Array[] {
  const layers = network.layers.flatMap(({ kind }, index) => (kind === "dropout" ? [index] : []));
  return Array.from({ length: network.checkSteps }, (_, step) =>
    layers.map((index) => dropoutMask(network, index, step)),
  ).flat();
}
