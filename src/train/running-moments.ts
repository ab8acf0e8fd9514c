export interface RunningMoments {
  /** Mean of what was added so far, element by element. */
  readonly mean: Float64Array;
  add(values: ArrayLike<number>): void;
  /** Unbiased: divided by one less than was added. */
  variance(): Float64Array;
}

/** Mean and variance of arrays seen one after the other, by Welford's updates. */
export function runningMoments(length: number): RunningMoments {
  const mean = new Float64Array(length);
  const squares = new Float64Array(length);
  let count = 0;
  return {
    mean,
    add(values) {
      count++;
      for (let i = 0; i < length; i++) {
        const before = values[i]! - mean[i]!;
        mean[i]! += before / count;
        squares[i]! += before * (values[i]! - mean[i]!);
      }
    },
    variance: () => squares.map((total) => total / (count - 1)),
  };
}
