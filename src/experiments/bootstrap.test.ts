import { expect, test } from "vitest";
import { bootstrapInterval } from "./bootstrap.ts";
import { meanInterval } from "./statistics.ts";

test("agrees with the t-interval for values about normal", () => {
  const values = Array.from({ length: 40 }, (_, i) => Math.sin(i * 2.1) + Math.sin(i * 0.7 + 1));
  const { low, high } = meanInterval(values);
  const bootstrap = bootstrapInterval(values)!;
  expect(Math.abs(bootstrap.low - low!)).toBeLessThan(0.1 * (high! - low!));
  expect(Math.abs(bootstrap.high - high!)).toBeLessThan(0.1 * (high! - low!));
  expect(bootstrapInterval(values)).toEqual(bootstrap);
});

test("follows skewed values: longer on the side of the tail", () => {
  const values = [1, 1, 2, 2, 3, 3, 4, 5, 8, 20];
  const { low, high } = bootstrapInterval(values)!;
  const center = values.reduce((sum, value) => sum + value, 0) / values.length;
  expect(high - center).toBeGreaterThan(1.5 * (center - low));
});

test("covers the mean of skewed values about as often as it says", () => {
  // Exponential values of mean 1 by inverting their distribution at evenly spread points.
  let covered = 0;
  const draws = 200;
  for (let draw = 0; draw < draws; draw++) {
    const values = Array.from({ length: 12 }, (_, i) => {
      const share = ((draw * 12 + i + 1) * 0.6180339887498949) % 1;
      const mixed = (Math.abs(Math.sin(share * 1e6)) * 1e4) % 1;
      return -Math.log(1 - mixed);
    });
    const { low, high } = bootstrapInterval(values)!;
    if (low <= 1 && high >= 1) covered++;
  }
  expect(covered / draws).toBeGreaterThan(0.9);
});

test("below ten values, or without any spread, there is none", () => {
  expect(bootstrapInterval([1, 2, 3, 4, 5, 6, 7, 8, 9])).toBeNull();
  expect(bootstrapInterval(Array.from({ length: 10 }, () => 3))).toBeNull();
});
