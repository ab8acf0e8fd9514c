import { dot, scaled } from "./parameter-space.ts";
import {
  largestEigenvalue,
  lastComponent,
  smallestEigenvalue,
  type Tridiagonal,
} from "./tridiagonal.ts";

/** A symmetric matrix that is only known by its products: into ← A · vector. */
export type Multiply = (vector: Float64Array, into: Float64Array) => void;

export interface LanczosOptions {
  /** Where to begin; not 0. */
  readonly start: Float64Array;
  /** Enough when ‖A u − θ u‖ ≤ tolerance · |θ| for the largest Ritz value θ. */
  readonly tolerance: number;
  /** At most this many products. */
  readonly iterations: number;
}

export interface Extremes {
  /** The largest Ritz value: never above the largest eigenvalue, but for rounding. */
  readonly top: number;
  /** The smallest Ritz value: never below the smallest eigenvalue, but for rounding. */
  readonly bottom: number;
  /** ‖A u − θ u‖ / |θ| of the largest: an eigenvalue lies within this share of it. */
  readonly residual: number;
  readonly iterations: number;
}

/**
 * The ends of a symmetric matrix's spectrum by Lanczos' three-term recurrence. Vectors are not
 * orthogonalized again: that makes copies of eigenvalues found already, not wrong ones.
 *
 * Source: Paige 1980, "Accuracy and effectiveness of the Lanczos algorithm for the symmetric
 *         eigenproblem", Linear Algebra and its Applications 34.
 */
export function lanczos(multiply: Multiply, options: LanczosOptions): Extremes {
  const { start, tolerance, iterations } = options;
  const size = start.length;
  const matrix = { diagonal: [] as number[], beside: [] as number[] };
  let before: Float64Array = new Float64Array(size);
  let here: Float64Array = scaled(start, 1 / norm(start));
  const product = new Float64Array(size);
  let beta = 0;
  for (;;) {
    multiply(here, product);
    for (let i = 0; i < size; i++) product[i]! -= beta * before[i]!;
    const alpha = dot(product, here);
    for (let i = 0; i < size; i++) product[i]! -= alpha * here[i]!;
    matrix.diagonal.push(alpha);
    beta = norm(product);
    const found = extremesOf(matrix, beta);
    const enough = found.residual <= tolerance || matrix.diagonal.length >= iterations;
    // NaN ends it as well: what is not finite never converges.
    if (enough || !(beta > 0)) return found;
    matrix.beside.push(beta);
    [before, here] = [here, scaled(product, 1 / beta)];
  }
}

function extremesOf(matrix: Tridiagonal, beta: number): Extremes {
  const iterations = matrix.diagonal.length;
  if (!matrix.diagonal.every(Number.isFinite)) {
    return { top: NaN, bottom: NaN, residual: NaN, iterations };
  }
  const top = largestEigenvalue(matrix);
  const left = beta * lastComponent(matrix, top);
  const residual = left === 0 ? 0 : left / Math.abs(top);
  return { top, bottom: smallestEigenvalue(matrix), residual, iterations };
}

const norm = (vector: Float64Array): number => Math.sqrt(dot(vector, vector));
