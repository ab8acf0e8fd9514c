/** A symmetric tridiagonal matrix: n numbers on the diagonal, n − 1 beside it. */
export interface Tridiagonal {
  readonly diagonal: readonly number[];
  readonly beside: readonly number[];
}

/**
 * The largest eigenvalue, by bisection on how many eigenvalues lie below a number.
 *
 * Numerics: to about 1e-14 of the largest absolute row sum.
 * Source: Barth, Martin & Wilkinson 1967, "Calculation of the eigenvalues of a symmetric
 *         tridiagonal matrix by the method of bisection".
 */
export function largestEigenvalue(matrix: Tridiagonal): number {
  const { diagonal } = matrix;
  const bound = Math.max(...diagonal.map((_, i) => rowSum(matrix, i)));
  let [low, high] = [-bound, bound];
  while (high - low > 1e-14 * bound) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) break;
    if (countBelow(matrix, middle) === diagonal.length) high = middle;
    else low = middle;
  }
  return (low + high) / 2;
}

export function smallestEigenvalue({ diagonal, beside }: Tridiagonal): number {
  return -largestEigenvalue({ diagonal: diagonal.map((value) => -value), beside });
}

/**
 * The absolute last component of the unit eigenvector of the largest eigenvalue. From the end
 * upwards each component is a positive multiple of the next, so nothing cancels.
 */
export function lastComponent({ diagonal, beside }: Tridiagonal, largest: number): number {
  let [here, below] = [1, 0];
  let squares = 1;
  for (let i = diagonal.length - 1; i > 0; i--) {
    const next = i < beside.length ? beside[i]! * below : 0;
    const above = Math.abs(((largest - diagonal[i]!) * here - next) / beside[i - 1]!);
    [here, below] = [above, here];
    squares += above * above;
  }
  return 1 / Math.sqrt(squares);
}

function rowSum({ diagonal, beside }: Tridiagonal, i: number): number {
  return Math.abs(diagonal[i]!) + Math.abs(beside[i - 1] ?? 0) + Math.abs(beside[i] ?? 0);
}

/** Sylvester: as many as there are negative pivots in the factors of matrix − x. */
function countBelow({ diagonal, beside }: Tridiagonal, x: number): number {
  let count = 0;
  let pivot = 1;
  for (let i = 0; i < diagonal.length; i++) {
    const coupling = i === 0 ? 0 : beside[i - 1]! ** 2 / pivot;
    pivot = diagonal[i]! - x - coupling;
    if (pivot === 0) pivot = Number.EPSILON * Math.max(Math.abs(x), Number.MIN_VALUE);
    if (pivot < 0) count++;
  }
  return count;
}
