/** Expectations over masks without any formula: every mask is made, and counted with its probability. */
import type { Regression } from "./ridge.ts";

/** More coins than this would take seconds: 2¹⁶ masks. */
const MOST_COINS = 16;

export interface CountedMasks {
  /** How many masks there are: 2 to the number of coins. */
  readonly masks: number;
  /** The expected squared error if each coin shows "keep" with probability `keep`. */
  expectedLoss(keep: number): number;
}

/**
 * The squared error under every mask, one coin per entry of X or one per example (all of its
 * entries together).
 *
 * Errors: RangeError for more than 16 coins.
 */
export function countMasks(
  { inputs, targets }: Regression,
  weights: readonly number[],
  coin: "entry" | "example",
): CountedMasks {
  const width = weights.length;
  const coins = coin === "entry" ? inputs.length * width : inputs.length;
  if (coins > MOST_COINS) {
    throw new RangeError(`countMasks: at most ${MOST_COINS} coins can be counted, got ${coins}`);
  }
  const masks = 2 ** coins;
  /** Sum of the squared errors of all masks that keep k coins, by k. */
  const sums = new Float64Array(coins + 1);
  for (let mask = 0; mask < masks; mask++) {
    let error = 0;
    for (const [i, row] of inputs.entries()) {
      let residual = targets[i]!;
      for (let j = 0; j < width; j++) {
        const bit = coin === "entry" ? i * width + j : i;
        if ((mask >> bit) & 1) residual -= row[j]! * weights[j]!;
      }
      error += residual * residual;
    }
    sums[onesIn(mask)]! += error;
  }
  return {
    masks,
    expectedLoss: (keep) =>
      sums.reduce((total, sum, k) => total + sum * keep ** k * (1 - keep) ** (coins - k), 0),
  };
}

function onesIn(mask: number): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count++;
  return count;
}
