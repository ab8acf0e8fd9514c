/**
 * How one kernel's work is split among threads. A share is a range of rows, columns or elements;
 * no sum is ever split at a place that depends on the number of threads, so the result is bitwise
 * the same for any.
 */

export interface Share {
  readonly index: number;
  readonly count: number;
}

/** All of it. */
export const allOfIt: Share = { index: 0, count: 1 };

export interface Range {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

/** This share of `size`, cut at multiples of `grain`. May be empty. */
export function rangeOf(size: number, grain: number, { index, count }: Share): Range {
  const grains = Math.ceil(size / grain);
  const cut = (i: number): number => Math.min(size, Math.floor((grains * i) / count) * grain);
  return { from: cut(index), to: index === count - 1 ? size : cut(index + 1) };
}
