import { describe, expect, test } from "vitest";
import { streamKey } from "../base/random.ts";
import {
  constant,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  lecunNormal,
  lecunUniform,
  normal,
  ones,
  uniform,
  zeros,
} from "./initializers.ts";

const KEY = streamKey(7, "test");

function moments(values: Float32Array): { mean: number; variance: number; kurtosis: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const power = (k: number): number =>
    values.reduce((sum, value) => sum + (value - mean) ** k, 0) / values.length;
  return { mean, variance: power(2), kurtosis: power(4) / power(2) ** 2 };
}

describe("constants", () => {
  test("fill", () => {
    expect(zeros([2], KEY)).toEqual(Float32Array.of(0, 0));
    expect(ones([2], KEY)).toEqual(Float32Array.of(1, 1));
    expect(constant(-3)([1, 2], KEY)).toEqual(Float32Array.of(-3, -3));
  });
});

describe("random initializers", () => {
  // 40,000 values: the standard error of a variance is below 1 % of it, of the kurtosis 0.03.
  const shape = [100, 400];
  test.each([
    ["glorotUniform", glorotUniform, 2 / 500, 1.8],
    ["glorotNormal", glorotNormal, 2 / 500, 3],
    ["heUniform", heUniform, 2 / 100, 1.8],
    ["heNormal", heNormal, 2 / 100, 3],
    ["lecunUniform", lecunUniform, 1 / 100, 1.8],
    ["lecunNormal", lecunNormal, 1 / 100, 3],
    ["normal", normal({ std: 0.5 }), 0.25, 3],
    ["uniform", uniform({ low: -3, high: 3 }), 3, 1.8],
  ])("%s has its variance and form", (_, initializer, variance, kurtosis) => {
    const found = moments(initializer(shape, KEY));
    expect(Math.abs(found.mean)).toBeLessThan(4 * Math.sqrt(variance / 40_000));
    expect(found.variance / variance).toBeCloseTo(1, 1);
    expect(Math.abs(found.variance / variance - 1)).toBeLessThan(0.03);
    expect(Math.abs(found.kurtosis - kurtosis)).toBeLessThan(0.1);
  });

  test("a window counts into both fans", () => {
    const values = heUniform([3, 3, 4, 8], KEY);
    const bound = Math.sqrt(6 / 36);
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expect(largest).toBeLessThanOrEqual(bound);
    expect(largest).toBeGreaterThan(0.9 * bound);
  });

  test("are functions of shape and key", () => {
    expect(heNormal([3, 2], KEY)).toEqual(heNormal([3, 2], KEY));
    expect(heNormal([3, 2], KEY)).not.toEqual(heNormal([3, 2], streamKey(8, "test")));
  });

  test("normal shifts by its mean", () => {
    expect(normal({ std: 0, mean: 2 })([2], KEY)).toEqual(Float32Array.of(2, 2));
  });
});

describe("refusals", () => {
  test.each([
    [() => normal({ std: -1 }), "normal: std must be finite and not negative, got -1"],
    [() => constant(Number.NaN), "constant: value must be finite, got NaN"],
    [() => uniform({ low: 1, high: 0 }), "uniform: low must be at most high, got 1 and 0"],
    [() => uniform({ low: 0, high: Infinity }), "uniform: high must be finite, got Infinity"],
    [() => heNormal([4], KEY), "heNormal: shape must be [...window, in, out], got [4]"],
  ])("%s", (make, message) => {
    expect(make).toThrow(message);
  });
});
