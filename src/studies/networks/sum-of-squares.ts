import { square, sub, sum } from "../../graph/index.ts";
import type { Loss } from "../../nn/index.ts";

/**
 * Σ (prediction − target)², over all examples of the batch and their elements: not a mean, so the
 * learning rate that goes with it is smaller by the number of examples.
 *
 * Shape: prediction [N, ...S], target f32 [N, ...S].
 */
export function sumOfSquares(): Loss {
  return Object.freeze({
    label: "sumOfSquares",
    target: ({ shape }) => ({ shape, dtype: "f32" }),
    apply: (prediction, target) => sum(square(sub(prediction, target))),
  } satisfies Loss);
}
