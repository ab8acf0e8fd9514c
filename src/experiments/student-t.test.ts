import { describe, expect, test } from "vitest";
import { studentTCdf, studentTQuantile } from "./student-t.ts";

describe("studentTQuantile", () => {
  // Two-sided 95 % and 99 % points as printed in every table (e.g. NIST/SEMATECH e-Handbook 1.3.6.7.2).
  test.each([
    [1, 12.706, 63.657],
    [2, 4.303, 9.925],
    [3, 3.182, 5.841],
    [4, 2.776, 4.604],
    [5, 2.571, 4.032],
    [9, 2.262, 3.25],
    [10, 2.228, 3.169],
    [30, 2.042, 2.75],
    [100, 1.984, 2.626],
  ])("agrees with the printed table at %i degrees of freedom", (degrees, at95, at99) => {
    expect(studentTQuantile(0.975, degrees)).toBeCloseTo(at95, 3);
    expect(studentTQuantile(0.995, degrees)).toBeCloseTo(at99, 3);
  });

  test("has the closed forms of one and two degrees of freedom", () => {
    for (const probability of [0.6, 0.9, 0.975, 0.999]) {
      expect(studentTQuantile(probability, 1)).toBeCloseTo(
        Math.tan(Math.PI * (probability - 0.5)),
        9,
      );
      const two = (2 * probability - 1) / Math.sqrt(2 * probability * (1 - probability));
      expect(studentTQuantile(probability, 2)).toBeCloseTo(two, 9);
    }
  });

  test("is antisymmetric and inverts the distribution function", () => {
    for (const degrees of [1, 2, 3, 6, 7, 40]) {
      expect(studentTQuantile(0.025, degrees)).toBe(-studentTQuantile(0.975, degrees));
      expect(studentTCdf(studentTQuantile(0.9, degrees), degrees)).toBeCloseTo(0.9, 12);
    }
  });

  test("refuses a probability or a number of degrees outside its range", () => {
    expect(() => studentTQuantile(1, 3)).toThrow(
      "studentTQuantile: probability must be in (0, 1), got 1",
    );
    expect(() => studentTQuantile(0.9, 2.5)).toThrow(
      "studentTQuantile: degrees of freedom must be a positive integer, got 2.5",
    );
  });
});

test("studentTCdf agrees with numerical integration of the density", () => {
  for (const degrees of [1, 2, 3, 4, 5, 8, 11]) {
    const density = (x: number): number => (1 + (x * x) / degrees) ** (-(degrees + 1) / 2);
    // x = tan(u) turns the whole line into a bounded interval, where the midpoint rule is accurate.
    const integrate = (to: number): number => {
      const [from, end, pieces] = [-Math.PI / 2, Math.atan(to), 20_000];
      let sum = 0;
      for (let i = 0; i < pieces; i++) {
        const u = from + ((i + 0.5) / pieces) * (end - from);
        sum += density(Math.tan(u)) / Math.cos(u) ** 2;
      }
      return (sum * (end - from)) / pieces;
    };
    const whole = integrate(Infinity);
    for (const t of [-2.5, -0.3, 0, 1.7, 6]) {
      expect(studentTCdf(t, degrees)).toBeCloseTo(integrate(t) / whole, 6);
    }
  }
});
