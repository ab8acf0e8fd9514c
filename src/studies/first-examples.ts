import { sizeOf } from "../base/shape.ts";
import type { Split } from "../data/index.ts";

/** The first examples of a split, or all if there are not more, as views of its memory. */
export function firstExamples(split: Split, count: number): Split {
  if (count >= split.count) return split;
  return {
    ...split,
    inputs: split.inputs.subarray(0, count * sizeOf(split.shape)),
    targets: split.targets.subarray(0, count * sizeOf(split.targetShape ?? [])),
    ...(split.weights && { weights: split.weights.subarray(0, count) }),
    count,
  };
}
