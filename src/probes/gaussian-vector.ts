import { uniform, type RandomKey } from "../base/random.ts";

/**
 * A direction drawn uniformly: independent Gaussians, scaled to Euclidean norm `length`; a pure
 * function of size and key.
 *
 * Source: Box & Muller 1958, "A note on the generation of random normal deviates".
 */
export function gaussianVector(size: number, key: RandomKey, length: number): Float64Array {
  const vector = new Float64Array(size);
  let squares = 0;
  for (let i = 0; i < size; i++) {
    // 1 − u lies in (0, 1], so that the logarithm is finite.
    const radius = Math.sqrt(-2 * Math.log(1 - uniform(2 * i, key)));
    const value = radius * Math.cos(2 * Math.PI * uniform(2 * i + 1, key));
    vector[i] = value;
    squares += value * value;
  }
  const scale = length / Math.sqrt(squares);
  for (let i = 0; i < size; i++) vector[i] = vector[i]! * scale;
  return vector;
}
