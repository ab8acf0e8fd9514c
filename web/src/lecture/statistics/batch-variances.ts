/** What the variances of mini-batches say about the variance of the data they are drawn from. */
import { shuffledIndices } from "evenkeel/data";

export interface BatchVariances {
  readonly batches: number;
  /** Mean over the batches of Σ (x − μ_B)² / m. */
  readonly biased: number;
  /** The same × m / (m − 1). */
  readonly corrected: number;
  /** Of all values, Σ (x − μ)² / (n − 1). */
  readonly population: number;
}

/**
 * Variances over batches of m values each, drawn as training draws them: every epoch in a new
 * order, no value twice in an epoch.
 */
export function batchVariances(
  values: ArrayLike<number>,
  { batchSize, epochs, seed }: { batchSize: number; epochs: number; seed: number },
): BatchVariances {
  const perEpoch = Math.floor(values.length / batchSize);
  let sum = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = shuffledIndices(values.length, seed, epoch);
    for (let batch = 0; batch < perEpoch; batch++) {
      const rows = order.subarray(batch * batchSize, (batch + 1) * batchSize);
      sum += squaresAbout(Array.from(rows, (row) => values[row]!)) / batchSize;
    }
  }
  const batches = perEpoch * epochs;
  const biased = sum / batches;
  return {
    batches,
    biased,
    corrected: (biased * batchSize) / (batchSize - 1),
    population: squaresAbout(Array.from(values)) / (values.length - 1),
  };
}

/** Σ (x − mean)². */
function squaresAbout(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
}
