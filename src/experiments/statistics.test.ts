import { describe, expect, test } from "vitest";
import { mean, meanInterval, pairedGap, sampleSd } from "./statistics.ts";

describe("meanInterval", () => {
  test("gives the textbook interval", () => {
    // NIST/SEMATECH e-Handbook 1.3.5.2, Zarr data, by its summary: n = 195, mean 9.261460, sd 0.022789,
    // 95 % interval [9.258242, 9.264679]. Rebuilt from two values repeated to the same mean and sd.
    const n = 195;
    const offset = 0.022789;
    const values = [
      9.26146,
      ...Array.from({ length: n - 1 }, (_, i) => 9.26146 + (i % 2 ? offset : -offset)),
    ];
    const interval = meanInterval(values);
    expect(interval.mean).toBeCloseTo(9.26146, 9);
    expect(interval.sd).toBeCloseTo(0.022789, 9);
    expect(interval.low).toBeCloseTo(9.258242, 5);
    expect(interval.high).toBeCloseTo(9.264679, 5);
  });

  test("uses n − 1 degrees of freedom: for 1, 2, 3 the half width is 4.30265 / √3", () => {
    const { low, high, n, level } = meanInterval([1, 2, 3]);
    expect([n, level]).toEqual([3, 0.95]);
    expect(high! - 2).toBeCloseTo(4.302652729911275 / Math.sqrt(3), 9);
    expect(2 - low!).toBeCloseTo(4.302652729911275 / Math.sqrt(3), 9);
  });

  test("has no interval below two values, and says how many there were", () => {
    expect(meanInterval([])).toEqual({
      n: 0,
      mean: null,
      sd: null,
      low: null,
      high: null,
      level: 0.95,
    });
    expect(meanInterval([7])).toEqual({
      n: 1,
      mean: 7,
      sd: null,
      low: null,
      high: null,
      level: 0.95,
    });
  });

  test("refuses a level outside (0, 1)", () => {
    expect(() => meanInterval([1, 2], 95)).toThrow("meanInterval: level must be in (0, 1), got 95");
  });
});

describe("pairedGap", () => {
  test("agrees with the classical paired example: Student's sleep data", () => {
    // Student 1908, extra hours of sleep; R's t.test(paired = TRUE) prints
    // mean −1.58, 95 percent interval [−2.4598858, −0.7001142], t = −4.0621.
    const first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
    const second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
    const perSeed = (values: number[]): Record<string, number> =>
      Object.fromEntries(values.map((value, i) => [String(i), value]));
    const gap = pairedGap(perSeed(first), perSeed(second));
    expect(gap.mean).toBeCloseTo(-1.58, 12);
    expect(gap.low).toBeCloseTo(-2.4598858, 6);
    expect(gap.high).toBeCloseTo(-0.7001142, 6);
    expect(gap.effectSize! * Math.sqrt(10)).toBeCloseTo(-4.0621, 3);
    expect(gap.missing).toBe(0);
  });

  test("matches by seed, not by order", () => {
    const gap = pairedGap({ 1: 10, 2: 20, 3: 30 }, { 3: 29, 1: 9, 2: 19 });
    expect(gap).toMatchObject({ n: 3, mean: 1, low: 1, high: 1, effectSize: null });
  });

  test("leaves out a pair with a missing value and counts it", () => {
    expect(pairedGap({ 1: 5, 2: null, 3: 7 }, { 1: 4, 2: 1, 3: null })).toMatchObject({
      n: 1,
      mean: 1,
      low: null,
      missing: 2,
    });
  });

  test("refuses arms with different seeds", () => {
    expect(() => pairedGap({ 1: 5 }, { 2: 4 })).toThrow(
      "pairedGap: both arms must have the same seeds, got [1] and [2]",
    );
  });
});

test("mean and sampleSd keep their digits far from zero", () => {
  const values = Array.from({ length: 1000 }, (_, i) => 1e9 + (i % 2));
  expect(mean(values) - 1e9).toBeCloseTo(0.5, 6);
  expect(sampleSd(values)).toBeCloseTo(0.5 * Math.sqrt(1000 / 999), 6);
});
