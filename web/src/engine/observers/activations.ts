import type { Split } from "evenkeel/data";
import { percentile } from "evenkeel/probes";
import type { Observer } from "evenkeel/train";
import { layerOutputs, type SeenLayer } from "./layer-outputs.ts";

/** Bars of a histogram. */
const BINS = 24;

/** The most numbers sorted for one layer; larger ones are sampled at even distances. */
const SAMPLE = 8192;

/**
 * How the outputs of each layer are spread, over units and examples alike.
 *
 * Values: for layer `3`: `3/percentiles` (5, 25, 50, 75, 95) and `3/histogram`: the lower end, the
 *         upper end, then the share of values in each of 24 bars between them.
 * Unit:   that of the layer's output.
 */
export function activations(examples: Split, count: number, every: number): Observer {
  return {
    name: "activations",
    unit: "the layer's output",
    every,
    async prepare(site) {
      const observe = await layerOutputs(site, examples, count);
      return () =>
        Object.fromEntries(
          observe().flatMap((layer): [string, readonly number[]][] => {
            const sorted = sampleOf(layer).toSorted();
            return [
              [`${layer.path}/percentiles`, [5, 25, 50, 75, 95].map((q) => percentile(sorted, q))],
              [`${layer.path}/histogram`, histogram(sorted)],
            ];
          }),
        );
    },
  };
}

function sampleOf({ data }: SeenLayer): Float32Array {
  if (data.length <= SAMPLE) return data.slice();
  const stride = data.length / SAMPLE;
  return Float32Array.from({ length: SAMPLE }, (_, i) => data[Math.floor(i * stride)]!);
}

/** Of sorted values, between the 1st and the 99th percentile: single far values would hide the rest. */
function histogram(sorted: Float32Array): readonly number[] {
  const low = percentile(sorted, 1);
  const high = percentile(sorted, 99);
  const bars = new Array<number>(BINS).fill(0);
  if (!(high > low)) return [low, low, 1, ...bars.slice(1)];
  const width = (high - low) / BINS;
  for (const value of sorted) {
    if (!(value >= low && value <= high)) continue;
    const bar = Math.min(BINS - 1, Math.floor((value - low) / width));
    bars[bar] = bars[bar]! + 1 / sorted.length;
  }
  return [low, high, ...bars];
}
