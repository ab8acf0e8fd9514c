import { mean } from "../graph/ops/mean.ts";
import { meanSquaredError as meanSquaredErrorOf } from "../graph/ops/mean-squared-error.ts";
import { square } from "../graph/ops/square.ts";
import { sub } from "../graph/ops/sub.ts";
import type { Loss } from "./loss.ts";

/**
 * Mean squared error: mean over examples and their elements of (prediction − target)².
 *
 * Shape:  prediction [N, ...S], target f32 [N, ...S].
 */
export function meanSquaredError(): Loss {
  return Object.freeze({
    label: "meanSquaredError",
    target: ({ shape }) => ({ shape, dtype: "f32" }),
    apply: meanSquaredErrorOf,
    terms(prediction, target) {
      const axes = prediction.shape.slice(1).map((_, axis) => axis + 1);
      return { losses: mean(square(sub(prediction, target)), axes), weights: null };
    },
  } satisfies Loss);
}
