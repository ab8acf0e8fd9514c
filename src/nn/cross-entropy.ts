import { ShapeError } from "../base/errors.ts";
import { showShape } from "../base/shape.ts";
import { correctCount } from "../graph/ops/correct-count.ts";
import { crossEntropy as crossEntropyOf } from "../graph/ops/cross-entropy.ts";
import type { Loss } from "./loss.ts";

/**
 * Cross-entropy of the softmax of logits: mean over examples of −log softmax(x)[label], in nats.
 *
 * Shape:  prediction [N, C] (logits: no softmax layer before it), target i32 [N] in [0, C).
 * Errors: ShapeError unless the prediction is [N, C].
 */
export function crossEntropy(): Loss {
  return Object.freeze({
    label: "crossEntropy",
    target({ shape }) {
      if (shape.length === 2) return { shape: [shape[0]!], dtype: "i32" };
      throw new ShapeError(
        `crossEntropy: prediction must be [N, classes], got ${showShape(shape)}`,
      );
    },
    classes: ({ shape }) => shape[1]!,
    apply: crossEntropyOf,
    correct: correctCount,
  } satisfies Loss);
}
