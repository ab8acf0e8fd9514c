import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { percentile } from "./percentile.ts";

describe("percentile", () => {
  // numpy.percentile([15, 20, 35, 40, 50], q), NumPy 2.4, default method.
  test.each([
    [0, 15],
    [5, 16],
    [15, 18],
    [30, 23],
    [40, 29],
    [50, 35],
    [85, 44],
    [100, 50],
  ])("%i %% agrees with NumPy", (q, expected) => {
    expect(percentile([15, 20, 35, 40, 50], q)).toBeCloseTo(expected, 12);
  });

  test("of one value is that value", () => {
    expect(percentile([3], 85)).toBe(3);
  });

  test("is the inverse of the empirical distribution's broken line", () => {
    // A second definition: the point where the line through (i / (n − 1), xᵢ) takes the height q.
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 2, maxLength: 30 }),
        fc.integer({ min: 0, max: 100 }),
        (values, q) => {
          const sorted = Float64Array.from(values).toSorted();
          const n = sorted.length;
          let slow = NaN;
          for (let i = 0; i + 1 < n; i++) {
            const [from, to] = [(100 * i) / (n - 1), (100 * (i + 1)) / (n - 1)];
            if (q >= from - 1e-9 && q <= to + 1e-9) {
              const weight = (q - from) / (to - from);
              slow = (1 - weight) * sorted[i]! + weight * sorted[i + 1]!;
              break;
            }
          }
          expect(percentile(sorted, q)).toBeCloseTo(slow, 6);
        },
      ),
    );
  });

  test("keeps infinities where they are", () => {
    expect(percentile([-Infinity, -Infinity, 0, 1, 2], 25)).toBe(-Infinity);
    expect(percentile([-Infinity, -Infinity, 0, 1, 2], 30)).toBe(-Infinity);
    expect(percentile([0, Infinity, Infinity], 100)).toBe(Infinity);
  });

  test("refuses a share outside [0, 100] and an empty sample", () => {
    expect(() => percentile([1], 101)).toThrow(
      "percentile: a percentile must be in [0, 100], got 101",
    );
    expect(() => percentile([], 50)).toThrow("percentile: needs at least one value, got none");
  });
});
