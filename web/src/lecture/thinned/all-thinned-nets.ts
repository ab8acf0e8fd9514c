/** Every thinned network of a trained small one, each tested by itself, in float64. */
import type { Split } from "evenkeel/data";
import type { Weights } from "evenkeel/nn";
import { droppable, keeps, widths } from "./sizes.ts";
import { linearPaths } from "./small-network.ts";

export interface ThinnedNets {
  /** Probability of the thinned networks by their test accuracy, from each step of 5 % up. */
  readonly shares: readonly { readonly accuracy: number; readonly share: number }[];
  /** Of the one network with all units: each kept unit's output counts in full. */
  readonly whole: number;
  /** The thinned networks' mean, each with its probability. */
  readonly mean: number;
  /** Share of the thinned networks, by probability, that beat the whole one. */
  readonly better: number;
}

const BINS = 20;

export function testThinnedNets(weights: Weights, test: Split): ThinnedNets {
  const layers = layersOf(weights);
  const factors = new Float64Array(droppable);
  const whole = accuracyWith(layers, factors.fill(1), test);
  const shares = Array.from({ length: BINS + 1 }, (_, bin) => ({ accuracy: bin / BINS, share: 0 }));
  let mean = 0;
  let better = 0;
  for (let number = 0; number < 2 ** droppable; number++) {
    fillFactors(factors, number);
    const accuracy = accuracyWith(layers, factors, test);
    const probability = probabilityOf(number);
    mean += probability * accuracy;
    if (accuracy > whole) better += probability;
    shares[Math.floor(accuracy * BINS + 1e-9)]!.share += probability;
  }
  return { shares, whole, mean, better };
}

/** Test accuracy of one thinned network, by its number. */
export function testThinnedNet(weights: Weights, number: number, test: Split): number {
  const factors = new Float64Array(droppable);
  fillFactors(factors, number);
  return accuracyWith(layersOf(weights), factors, test);
}

function layersOf(weights: Weights): Layer[] {
  return linearPaths.map((path) => ({
    weight: weights.get(`${path}.weight`)!.data,
    bias: weights.get(`${path}.bias`)!.data,
  }));
}

/** How probable a thinned network is, from its units' keep probabilities. */
export function probabilityOf(number: number): number {
  let probability = 1;
  for (let bit = 0; bit < droppable; bit++) {
    const keep = keepOf(bit);
    probability *= (number >> bit) & 1 ? keep : 1 - keep;
  }
  return probability;
}

/** Inverted dropout: what is kept counts 1 / keep. */
function fillFactors(factors: Float64Array, number: number): void {
  for (let bit = 0; bit < droppable; bit++) {
    factors[bit] = (number >> bit) & 1 ? 1 / keepOf(bit) : 0;
  }
}

function keepOf(bit: number): number {
  if (bit < widths[0]) return keeps[0];
  return bit < widths[0] + widths[1] ? keeps[1] : keeps[2];
}

interface Layer {
  readonly weight: ArrayLike<number>;
  readonly bias: ArrayLike<number>;
}

function accuracyWith(
  layers: readonly Layer[],
  factors: Float64Array,
  { inputs, targets, count }: Split,
): number {
  const buffers = widths.map((width) => new Float64Array(width));
  let correct = 0;
  for (let row = 0; row < count; row++) {
    buffers[0]!.set(inputs.subarray(row * widths[0], (row + 1) * widths[0]));
    let bit = 0;
    layers.forEach(({ weight, bias }, layer) => {
      const from = buffers[layer]!;
      const into = buffers[layer + 1]!;
      into.set(bias);
      for (let i = 0; i < from.length; i++) {
        const value = from[i]! * factors[bit++]!;
        if (value === 0) continue;
        for (let j = 0; j < into.length; j++) into[j]! += value * weight[i * into.length + j]!;
      }
      if (layer < layers.length - 1) into.forEach((value, j) => (into[j] = Math.max(0, value)));
    });
    const logits = buffers.at(-1)!;
    if (logits.indexOf(Math.max(...logits)) === targets[row]) correct++;
  }
  return correct / count;
}
