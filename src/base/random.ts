/**
 * Counter-based random numbers: element `index` of a stream is a pure function of (index, key).
 * Nothing is stored, so a mask can be computed again instead of remembered, and every backend
 * and every thread count draws the same bits. The compiler renders exactly this arithmetic.
 *
 * Source: the 32-bit finalizer "lowbias32" of Chris Wellons' hash prospector, with a second key
 * word mixed in between its multiplications: with one key only, two steps would merely permute
 * the same table.
 */

/** Two 32-bit words that select one stream at one step. */
export type RandomKey = readonly [number, number];

export const RANDOM_MULTIPLIERS: readonly [number, number] = [0x7feb352d, 0x846ca68b];

/** 32 random bits, as an unsigned integer. */
export function randomBits(index: number, [key0, key1]: RandomKey): number {
  const [first, second] = RANDOM_MULTIPLIERS;
  let x = (index ^ key0) >>> 0;
  x = Math.imul(x ^ (x >>> 16), first);
  x ^= key1;
  x = Math.imul(x ^ (x >>> 15), second);
  return (x ^ (x >>> 16)) >>> 0;
}

/** A number in [0, 1) with 24 bits, so that it is exact in f32. */
export function uniform(index: number, key: RandomKey): number {
  return (randomBits(index, key) >>> 8) * 2 ** -24;
}

/** FNV-1a over the UTF-16 code units: stream names become numbers. */
function hashName(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) {
    hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  }
  return hash >>> 0;
}

/**
 * The key of stream `name` at `step` of a run with `seed`. Streams are named ("init/weight/784x100/0",
 * "dropout/3", "shuffle"), so adding one shifts none of the others.
 */
export function streamKey(seed: number, name: string, step = 0): RandomKey {
  const stream: RandomKey = [hashName(name), seed >>> 0];
  const high = Math.floor(seed / 2 ** 32) >>> 0;
  const word0 = randomBits(0x5eed ^ high, stream);
  const word1 = randomBits(0xbeef ^ high, stream);
  return [randomBits(step, [word0, word1]), randomBits(step, [word1, ~word0])];
}
