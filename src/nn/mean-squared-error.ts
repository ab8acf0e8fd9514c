import { meanSquaredError as meanSquaredErrorOf } from "../graph/ops/mean-squared-error.ts";
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
  } satisfies Loss);
}
