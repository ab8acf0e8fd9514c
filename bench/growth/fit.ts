export interface Point {
  readonly size: number;
  readonly milliseconds: number;
  /** Useful floating-point operations. */
  readonly flops: number;
}

export interface Growth {
  /** Time grows like work to this power, by least squares of the logarithms. */
  readonly exponent: number;
  /**
   * The worst step from one size to the next: how many times more an operation costs there, and
   * from which size to which. Below 1 if every step makes operations cheaper.
   */
  readonly cliff: { readonly ratio: number; readonly from: number; readonly to: number };
}

/** How time grows with work over the sizes of a sweep, in their order. */
export function growthOf(points: readonly Point[]): Growth {
  const x = points.map(({ flops }) => Math.log(flops));
  const y = points.map(({ milliseconds }) => Math.log(milliseconds));
  const [meanX, meanY] = [mean(x), mean(y)];
  const products = x.map((value, i) => (value - meanX) * (y[i]! - meanY));
  const squares = x.map((value) => (value - meanX) ** 2);
  const cost = ({ milliseconds, flops }: Point): number => milliseconds / flops;
  let cliff = { ratio: 0, from: 0, to: 0 };
  for (let i = 1; i < points.length; i++) {
    const [before, after] = [points[i - 1]!, points[i]!];
    const ratio = cost(after) / cost(before);
    if (ratio > cliff.ratio) cliff = { ratio, from: before.size, to: after.size };
  }
  return { exponent: mean(products) / mean(squares), cliff };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
