import { DataError } from "../../base/errors.ts";

/**
 * The solution of A · w = b for a symmetric positive definite A, by Cholesky's factorization in
 * float64.
 *
 * Shape:  matrix [d, d] row-major, right [d] → [d].
 * Errors: DataError if the matrix is not positive definite to rounding.
 */
export function symmetricSolve(matrix: Float64Array, right: Float64Array): Float64Array {
  const size = right.length;
  const lower = choleskyFactor(matrix, size);
  const solution = Float64Array.from(right);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < i; j++) solution[i]! -= lower[i * size + j]! * solution[j]!;
    solution[i]! /= lower[i * size + i]!;
  }
  for (let i = size - 1; i >= 0; i--) {
    for (let j = i + 1; j < size; j++) solution[i]! -= lower[j * size + i]! * solution[j]!;
    solution[i]! /= lower[i * size + i]!;
  }
  return solution;
}

/** L with A = L · Lᵀ, zero above its diagonal. */
function choleskyFactor(matrix: Float64Array, size: number): Float64Array {
  const lower = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = matrix[i * size + j]!;
      for (let k = 0; k < j; k++) rest -= lower[i * size + k]! * lower[j * size + k]!;
      lower[i * size + j] = j < i ? rest / lower[j * size + j]! : rootOf(rest);
    }
  }
  return lower;
}

function rootOf(pivot: number): number {
  if (pivot > 0) return Math.sqrt(pivot);
  throw new DataError(`symmetricSolve: matrix must be positive definite, got pivot ${pivot}`);
}
