/**
 * Where weight scaling is exact and where it is not: the last layer's logits and probabilities over
 * every mask of the last hidden layer, in float64.
 */
import type { Split } from "evenkeel/data";
import type { Weights } from "evenkeel/nn";

export interface LastLayer {
  /** Which masks were visited: 2 to the number of hidden units. */
  readonly masks: number;
  /** Largest difference over examples and classes between mean logits and the scaled network's. */
  readonly logitGap: number;
  /** The same between mean probabilities and the scaled network's. */
  readonly probabilityGap: number;
  /** The same between the normalized geometric mean of probabilities and the scaled network's. */
  readonly geometricGap: number;
  /** One example: its target, and for each class the mean and the scaled probability. */
  readonly example: {
    readonly target: number;
    readonly averaged: readonly number[];
    readonly scaled: readonly number[];
  };
}

/** How many of the first test examples are looked at. */
const EXAMPLES = 20;

/** The scaled network is the one without masks: dropout is inverted, so it needs no factor. */
export function compareLastLayer(weights: Weights, test: Split, keep: number): LastLayer {
  const gaps = { logit: 0, probability: 0, geometric: 0 };
  let masks = 0;
  let worst: LastLayer["example"] | null = null;
  for (let row = 0; row < Math.min(EXAMPLES, test.count); row++) {
    const hidden = hiddenOf(weights, test, row);
    const found = visitMasks(weights, hidden, keep);
    const logits = logitsOf(weights, hidden);
    const scaled = softmax(logits);
    const gap = largestGap(found.probabilities, scaled);
    if (worst === null || gap > gaps.probability) {
      worst = { target: test.targets[row]!, averaged: found.probabilities, scaled };
    }
    masks = found.masks;
    gaps.logit = Math.max(gaps.logit, largestGap(found.logits, logits));
    gaps.probability = Math.max(gaps.probability, gap);
    gaps.geometric = Math.max(gaps.geometric, largestGap(softmax(found.logProbabilities), scaled));
  }
  return {
    masks,
    logitGap: gaps.logit,
    probabilityGap: gaps.probability,
    geometricGap: gaps.geometric,
    example: worst!,
  };
}

interface Visited {
  readonly masks: number;
  /** Means over all masks. */
  readonly logits: readonly number[];
  readonly probabilities: readonly number[];
  readonly logProbabilities: readonly number[];
}

function visitMasks(weights: Weights, hidden: readonly number[], keep: number): Visited {
  const masks = 2 ** hidden.length;
  const sums = { logits: zeros(), probabilities: zeros(), logProbabilities: zeros() };
  for (let mask = 0; mask < masks; mask++) {
    let chance = 1;
    const thinned = hidden.map((value, unit) => {
      const kept = (mask >> unit) & 1;
      chance *= kept ? keep : 1 - keep;
      return kept ? value / keep : 0;
    });
    const logits = logitsOf(weights, thinned);
    const probabilities = softmax(logits);
    for (let k = 0; k < logits.length; k++) {
      sums.logits[k]! += chance * logits[k]!;
      sums.probabilities[k]! += chance * probabilities[k]!;
      sums.logProbabilities[k]! += chance * Math.log(probabilities[k]!);
    }
  }
  return { masks, ...sums };
}

const zeros = (): number[] => new Array<number>(10).fill(0);

/** Through both hidden layers, no unit dropped. */
function hiddenOf(
  weights: Weights,
  { inputs, inputScale = 1, shape }: Split,
  row: number,
): number[] {
  const size = shape.reduce((product, each) => product * each, 1);
  const pixels = Array.from(inputs.subarray(row * size, (row + 1) * size), (v) => v * inputScale);
  const relu = (values: readonly number[]): number[] => values.map((value) => Math.max(0, value));
  return relu(dense(weights, "3", relu(dense(weights, "0", pixels))));
}

const logitsOf = (weights: Weights, hidden: readonly number[]): number[] =>
  dense(weights, "6", hidden);

function dense(weights: Weights, path: string, input: readonly number[]): number[] {
  const { data } = weights.get(`${path}.weight`)!;
  const output = Array.from(weights.get(`${path}.bias`)!.data);
  const width = output.length;
  input.forEach((value, i) => {
    if (value === 0) return;
    for (let j = 0; j < width; j++) output[j]! += value * data[i * width + j]!;
  });
  return output;
}

function softmax(logits: readonly number[]): number[] {
  const top = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - top));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

function largestGap(left: readonly number[], right: readonly number[]): number {
  return Math.max(...left.map((value, i) => Math.abs(value - right[i]!)));
}
