/**
 * The largest difference between two arrays, each relative to max(1, |expected|). Equal infinities
 * and NaN against NaN differ by 0; anything else not finite differs by Infinity.
 */
export function largestDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Infinity;
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    const [a, b] = [actual[i]!, expected[i]!];
    if (a === b || (Number.isNaN(a) && Number.isNaN(b))) continue;
    const difference = Math.abs(a - b) / Math.max(1, Math.abs(b));
    largest = Math.max(largest, Number.isFinite(difference) ? difference : Infinity);
  }
  return largest;
}
