/**
 * Events are JSON, which has neither infinities nor NaN: a loss or a gradient that is not finite is
 * told as the largest number there is, so that it cannot pass for a small one.
 */
export const NOT_FINITE: number = Number.MAX_VALUE;

export function finiteOr(value: number): number {
  return Number.isFinite(value) ? value : NOT_FINITE;
}

/** The smallest and the largest of the finite values; `NOT_FINITE` if there is none. */
export function finiteRange(values: readonly number[]): {
  readonly min: number;
  readonly max: number;
} {
  const finite = values.filter((value) => Number.isFinite(value) && value !== NOT_FINITE);
  if (finite.length === 0) return { min: NOT_FINITE, max: NOT_FINITE };
  return { min: Math.min(...finite), max: Math.max(...finite) };
}
