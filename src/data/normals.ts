import { streamKey, uniform } from "../base/random.ts";

/**
 * Independent draws from the standard normal distribution, a pure function of (seed, stream).
 *
 * Source: Box & Muller 1958, "A note on the generation of random normal deviates".
 */
export function normals(count: number, seed: number, stream: string): Float64Array {
  const key = streamKey(seed, stream);
  const result = new Float64Array(count);
  for (let i = 0; i < count; i += 2) {
    // 1 - u lies in (0, 1], so that the logarithm is finite.
    const radius = Math.sqrt(-2 * Math.log(1 - uniform(i, key)));
    const angle = 2 * Math.PI * uniform(i + 1, key);
    result[i] = radius * Math.cos(angle);
    if (i + 1 < count) result[i + 1] = radius * Math.sin(angle);
  }
  return result;
}
