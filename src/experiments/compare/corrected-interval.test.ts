import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { meanInterval } from "../statistics.ts";
import { correctedDifference, halfWidth, holmSteps } from "./corrected-interval.ts";

describe("correctedDifference", () => {
  const gaps = [0.021, 0.013, 0.034, -0.005, 0.018, 0.027, 0.009, 0.015, 0.022, 0.011];

  test("without a ratio is the plain paired t-interval", () => {
    const test0 = correctedDifference(gaps, 0);
    const { low, high, mean } = meanInterval(gaps);
    expect(test0.mean).toBe(mean);
    expect(test0.mean! - halfWidth(test0, 0.95)!).toBeCloseTo(low!, 12);
    expect(test0.mean! + halfWidth(test0, 0.95)!).toBeCloseTo(high!, 12);
  });

  test("with one is wider by √(1 + n · ratio)", () => {
    const plain = correctedDifference(gaps, 0);
    const corrected = correctedDifference(gaps, 0.25);
    expect(corrected.error! / plain.error!).toBeCloseTo(Math.sqrt(1 + 10 * 0.25), 12);
    expect(corrected.probability).toBeGreaterThan(plain.probability!);
  });

  test("its probability and its interval agree", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 3, maxLength: 12 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, ratio) => {
          const found = correctedDifference(values, ratio);
          fc.pre(found.error! > 1e-6 && Math.abs(found.probability! - 0.05) > 1e-9);
          const outside = Math.abs(found.mean!) > halfWidth(found, 0.95)!;
          expect(found.probability! < 0.05).toBe(outside);
        },
      ),
    );
  });

  test("says nothing of fewer than two pairs, and 1 of none that differs", () => {
    expect(correctedDifference([], 0.2)).toEqual({
      n: 0,
      mean: null,
      error: null,
      probability: null,
    });
    expect(correctedDifference([0.5], 0.2)).toMatchObject({ mean: 0.5, error: null });
    expect(correctedDifference([0, 0, 0], 0.2)).toMatchObject({ error: 0, probability: 1 });
  });
});

describe("holmSteps", () => {
  test("stops at the first that is not small enough, at that one's level", () => {
    const steps = holmSteps([0.04, 0.001, null, 0.03, 0.013], 0.05);
    expect(steps.map(({ rejected }) => rejected)).toEqual([false, true, false, false, true]);
    const levels = steps.map(({ level }) => level);
    expect(levels[1]).toBeCloseTo(1 - 0.05 / 4, 12);
    expect(levels[4]).toBeCloseTo(1 - 0.05 / 3, 12);
    expect(levels[3]).toBeCloseTo(1 - 0.05 / 2, 12);
    // 0.04 < 0.05 / 1, but the one before it was not rejected.
    expect(levels[0]).toBe(levels[3]);
  });

  test("one comparison is not corrected", () => {
    expect(holmSteps([0.049], 0.05)).toEqual([{ level: 0.95, rejected: true }]);
  });
});
