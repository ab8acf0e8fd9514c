import { OptionError } from "../base/errors.ts";
import { randomBits, streamKey, type RandomKey } from "../base/random.ts";

/**
 * A uniformly random order of 0 … count - 1, a pure function of (count, seed, epoch, stream).
 *
 * Shape:  [count].
 * Errors: OptionError if count is not an integer in [1, 2^32).
 * Source: Durstenfeld 1964, "Algorithm 235: random permutation".
 */
export function shuffledIndices(
  count: number,
  seed: number,
  epoch: number,
  stream = "shuffle",
): Uint32Array {
  if (!Number.isInteger(count) || count < 1 || count >= 2 ** 32) {
    throw new OptionError(`shuffledIndices: count must be an integer in [1, 2^32), got ${count}`);
  }
  const draw = boundedDraws(streamKey(seed, stream, epoch));
  const indices = Uint32Array.from({ length: count }, (_, i) => i);
  for (let last = count - 1; last > 0; last--) {
    const chosen = draw(last + 1);
    const moved = indices[last]!;
    indices[last] = indices[chosen]!;
    indices[chosen] = moved;
  }
  return indices;
}

/** Integers in [0, bound), unbiased: draws in the incomplete last multiple of `bound` are repeated. */
function boundedDraws(key: RandomKey): (bound: number) => number {
  let counter = 0;
  return (bound) => {
    const limit = 2 ** 32 - (2 ** 32 % bound);
    let bits = randomBits(counter++, key);
    while (bits >= limit) bits = randomBits(counter++, key);
    return bits % bound;
  };
}
