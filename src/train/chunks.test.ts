import fc from "fast-check";
import { expect, test } from "vitest";
import { chunkSize } from "./chunks.ts";

test.each([
  [1, 1],
  [512, 512],
  [10_000, 500],
  [60_000, 500],
  [521, 512],
])("%i examples run in chunks of %i", (count, size) => {
  expect(chunkSize(count)).toBe(size);
});

test("chunks are never larger than the data, and leave a remainder only where they must", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20_000 }), (count) => {
      const size = chunkSize(count);
      expect(size).toBeLessThanOrEqual(Math.min(count, 512));
      if (count % size === 0) return;
      for (let divisor = 128; divisor <= 512; divisor++) expect(count % divisor).not.toBe(0);
    }),
  );
});
