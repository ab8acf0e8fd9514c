import { softmax as softmaxOf } from "../graph/ops/softmax.ts";
import type { Module } from "./module.ts";

/**
 * Softmax along the last axis: yᵢ = e^xᵢ / Σⱼ e^xⱼ. Not before `crossEntropy`, which takes logits.
 *
 * Shape:  x [...S, C] → y [...S, C].
 */
export function softmax(): Module {
  return Object.freeze({ label: "softmax", apply: (x) => softmaxOf(x) } satisfies Module);
}
