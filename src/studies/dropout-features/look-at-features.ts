/** What a trained autoencoder's hidden units are like. Plain numbers, no networks. */
import type { ProbeValues } from "../../probes/index.ts";

/** Hidden units whose features are drawn: the first, not chosen. */
export const SHOWN = 64;

/** Edges of the histograms; what is larger counts in the last bin. */
export const EDGES: readonly number[] = Array.from({ length: 41 }, (_, at) => at / 4);

/** Digits whose activations are counted in the histogram. */
export const COUNTED = 1_000;

/**
 * Over all examples and units: `mean` activation and `zero`, the share of activations that are 0;
 * `units`, the histogram of each unit's mean; `activations`, that of single activations over the
 * first examples.
 *
 * Shape: activations [rows, units] row-major.
 */
export function activationValues(activations: ArrayLike<number>, units: number): ProbeValues {
  const rows = activations.length / units;
  const means = new Float64Array(units);
  let zero = 0;
  for (let at = 0; at < activations.length; at++) {
    const value = activations[at]!;
    means[at % units]! += value / rows;
    if (value === 0) zero++;
  }
  const first = Array.from(
    { length: Math.min(COUNTED, rows) * units },
    (_, at) => activations[at]!,
  );
  return {
    mean: means.reduce((sum, mean) => sum + mean, 0) / units,
    zero: zero / activations.length,
    units: histogram(means),
    activations: histogram(first),
  };
}

/** Counts per bin of EDGES. */
export function histogram(values: ArrayLike<number>): number[] {
  const counts = new Array<number>(EDGES.length - 1).fill(0);
  const width = EDGES[1]! - EDGES[0]!;
  for (let at = 0; at < values.length; at++) {
    const bin = Math.floor((values[at]! - EDGES[0]!) / width);
    counts[Math.min(counts.length - 1, Math.max(0, bin))]!++;
  }
  return counts;
}

/**
 * `pixels`: the first units' weights, one after the other, each divided by its largest and times
 * 127; `local`: the median over units of the number of pixels that a feature amounts to,
 * (Σ w²)² / Σ w⁴ over the pixels that some example lights.
 *
 * Shape: weights [pixels, units] row-major; lit [pixels].
 */
export function featureValues(
  weights: ArrayLike<number>,
  units: number,
  lit: readonly boolean[],
): ProbeValues {
  const columns = Array.from({ length: units }, (_, unit) =>
    lit.map((_seen, pixel) => weights[pixel * units + unit]!),
  );
  const extents = columns.map((column) => {
    const squares = column.flatMap((weight, pixel) => (lit[pixel] ? [weight ** 2] : []));
    const sum = squares.reduce((total, square) => total + square, 0);
    return sum ** 2 / squares.reduce((total, square) => total + square ** 2, 0);
  });
  const sorted = extents.toSorted((a, b) => a - b);
  const half = (units - 1) / 2;
  const pixels = columns.slice(0, SHOWN).flatMap((column) => {
    const largest = column.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0);
    return column.map((weight) => Math.round((127 * weight) / (largest || 1)));
  });
  return { local: (sorted[Math.floor(half)]! + sorted[Math.ceil(half)]!) / 2, pixels };
}
