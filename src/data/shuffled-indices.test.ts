import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { OptionError } from "../base/errors.ts";
import { shuffledIndices } from "./shuffled-indices.ts";

describe("shuffledIndices", () => {
  test("is a permutation", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.maxSafeNat(),
        fc.nat(1000),
        (count, seed, epoch) => {
          const sorted = shuffledIndices(count, seed, epoch).toSorted();
          expect([...sorted]).toEqual(Array.from({ length: count }, (_, i) => i));
        },
      ),
    );
  });

  test("is a function of count, seed and epoch, and of each of them", () => {
    const first = shuffledIndices(1000, 7, 3);
    expect(shuffledIndices(1000, 7, 3)).toEqual(first);
    expect(shuffledIndices(1000, 8, 3)).not.toEqual(first);
    expect(shuffledIndices(1000, 7, 4)).not.toEqual(first);
  });

  // A change here changes every run: the order is part of what a seed promises.
  test("keeps the order it has always had", () => {
    expect([...shuffledIndices(10, 1, 0)]).toEqual([4, 6, 9, 3, 2, 7, 0, 8, 1, 5]);
  });

  test("puts every index in every place equally often", () => {
    const count = 5;
    const rounds = 20_000;
    const seen = Array.from({ length: count }, () => new Array<number>(count).fill(0));
    for (let seed = 0; seed < rounds; seed++) {
      shuffledIndices(count, seed, 0).forEach((index, place) => seen[place]![index]!++);
    }
    const expected = rounds / count;
    const chiSquare = seen.flat().reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
    // 16 degrees of freedom: beyond 39.3 in one of a thousand fair shuffles. The seeds are fixed.
    expect(chiSquare).toBeLessThan(39.3);
  });

  test.each([0, -1, 1.5, Number.NaN, 2 ** 32])("refuses to shuffle %d things", (count) => {
    expect(() => shuffledIndices(count, 1, 0)).toThrow(
      new OptionError(`shuffledIndices: count must be an integer in [1, 2^32), got ${count}`),
    );
  });
});
