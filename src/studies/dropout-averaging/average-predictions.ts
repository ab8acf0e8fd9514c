import { shuffledIndices } from "../../data/index.ts";

export interface AverageOptions {
  /** Ascending sizes of groups, the last at most the number of networks. */
  readonly sizes: readonly number[];
  /** How often the networks are put in a random order; groups are its beginnings. */
  readonly orders: number;
  readonly seed: number;
}

/** Errors of averaged predictions, by group size. */
export interface AverageErrors {
  /** Mean over the groups of a size. */
  readonly mean: readonly number[];
  /** Their sample standard deviation. */
  readonly sd: readonly number[];
}

/**
 * Test error of the mean prediction of k networks: the class with the largest mean probability.
 *
 * Groups of one size differ by their networks, drawn without replacement; a group of all networks
 * is the same each time.
 * Shape: predictions, per network [count, classes]; labels [count].
 */
export function averageErrors(
  predictions: readonly Float32Array[],
  labels: ArrayLike<number>,
  { sizes, orders, seed }: AverageOptions,
): AverageErrors {
  const found = sizes.map((): number[] => []);
  for (let order = 0; order < orders; order++) {
    const networks = shuffledIndices(predictions.length, seed, order);
    const sum = new Float64Array(predictions[0]!.length);
    let added = 0;
    sizes.forEach((size, at) => {
      for (; added < size; added++) {
        const next = predictions[networks[added]!]!;
        for (let i = 0; i < sum.length; i++) sum[i]! += next[i]!;
      }
      found[at]!.push(errorOf(sum, labels));
    });
  }
  return { mean: found.map(meanOf), sd: found.map(spreadOf) };
}

/** Share of rows whose largest score is not at their label; the first of equals counts. */
export function errorOf(scores: ArrayLike<number>, labels: ArrayLike<number>): number {
  const classes = scores.length / labels.length;
  let wrong = 0;
  for (let row = 0; row < labels.length; row++) {
    let best = 0;
    for (let one = 1; one < classes; one++) {
      if (scores[row * classes + one]! > scores[row * classes + best]!) best = one;
    }
    if (best !== labels[row]) wrong++;
  }
  return wrong / labels.length;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function spreadOf(values: readonly number[]): number {
  const mean = meanOf(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1));
}
