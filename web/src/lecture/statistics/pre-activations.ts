import type { Examples } from "evenkeel/data";

/** x · w for every example, as the first layer's unit with weights w computes it. */
export function preActivations(
  { inputs, inputScale = 1, count }: Examples,
  weights: ArrayLike<number>,
): number[] {
  const size = weights.length;
  return Array.from({ length: count }, (_, row) => {
    let sum = 0;
    for (let j = 0; j < size; j++) sum += inputs[row * size + j]! * weights[j]!;
    return sum * inputScale;
  });
}
