import type { Problem } from "./problem.ts";

/** The expectation over all masks of a loss and of what its minimum solves; no formula used. */
export interface Enumerated {
  /** E‖y − (R ∗ X) w‖². */
  readonly loss: number;
  /** The loss's variance over masks drawn independently for each row. */
  readonly variance: number;
  /** E (R ∗ X)ᵀ(R ∗ X), [d, d]. */
  readonly gram: Float64Array;
  /** E (R ∗ X)ᵀ y, [d]. */
  readonly cross: Float64Array;
}

/**
 * Visits every one of the 2^d masks of every row with its probability.
 *
 * The rows' masks are independent, so the expectation of the sum over rows is the sum of each
 * row's; so is the variance.
 * Source: Srivastava et al. 2014, JMLR 15, section 9.1: the left-hand side.
 */
export function enumerateMasks(problem: Problem, weights: Float64Array, keep: number): Enumerated {
  const { inputs, targets, rows, columns } = problem;
  const gram = new Float64Array(columns * columns);
  const cross = new Float64Array(columns);
  const thinned = new Float64Array(columns);
  let loss = 0;
  let variance = 0;
  for (let row = 0; row < rows; row++) {
    let mean = 0;
    let meanSquare = 0;
    for (let mask = 0; mask < 2 ** columns; mask++) {
      let probability = 1;
      let residual = targets[row]!;
      for (let j = 0; j < columns; j++) {
        const kept = (mask >> j) & 1;
        probability *= kept === 1 ? keep : 1 - keep;
        thinned[j] = kept * inputs[row * columns + j]!;
        residual -= weights[j]! * thinned[j]!;
      }
      mean += probability * residual ** 2;
      meanSquare += probability * residual ** 4;
      addOuter(thinned, probability, gram);
      for (let j = 0; j < columns; j++) cross[j]! += probability * thinned[j]! * targets[row]!;
    }
    loss += mean;
    variance += meanSquare - mean ** 2;
  }
  return { loss, variance, gram, cross };
}

function addOuter(vector: Float64Array, weight: number, into: Float64Array): void {
  const { length } = vector;
  for (let i = 0; i < length; i++) {
    for (let j = 0; j < length; j++) into[i * length + j]! += weight * vector[i]! * vector[j]!;
  }
}
