import { describe, expect, test } from "vitest";
import { uniform } from "../base/random.ts";
import { eigenvalues } from "../../test/dense-symmetric.ts";
import { gaussianVector } from "./gaussian-vector.ts";
import { lanczos, type Multiply } from "./lanczos.ts";
import {
  largestEigenvalue,
  lastComponent,
  smallestEigenvalue,
  type Tridiagonal,
} from "./tridiagonal.ts";

const draw = (i: number, key: number): number => 2 * uniform(i, [key, 7]) - 1;

function dense({ diagonal, beside }: Tridiagonal): number[][] {
  return diagonal.map((_, i) =>
    diagonal.map((_unused, j) =>
      i === j ? diagonal[i]! : Math.abs(i - j) === 1 ? beside[Math.min(i, j)]! : 0,
    ),
  );
}

describe.each([1, 2, 3, 9, 24])("a tridiagonal matrix of %i rows", (size) => {
  const matrix = {
    diagonal: Array.from({ length: size }, (_, i) => 3 * draw(i, size)),
    beside: Array.from({ length: size - 1 }, (_, i) => 0.1 + Math.abs(draw(i, size + 100))),
  };
  const all = eigenvalues(dense(matrix));

  test("ends of the spectrum, against rotations", () => {
    expect(largestEigenvalue(matrix)).toBeCloseTo(all.at(-1)!, 10);
    expect(smallestEigenvalue(matrix)).toBeCloseTo(all[0]!, 10);
  });

  test("last component of the eigenvector: its square is a ratio of characteristic polynomials", () => {
    const top = all.at(-1)!;
    const smaller = eigenvalues(
      dense(matrix)
        .slice(0, -1)
        .map((row) => row.slice(0, -1)),
    );
    const over = smaller.reduce((product, value) => product * (top - value), 1);
    const under = all.slice(0, -1).reduce((product, value) => product * (top - value), 1);
    expect(lastComponent(matrix, top) ** 2).toBeCloseTo(over / under, 8);
  });
});

describe("lanczos", () => {
  const size = 40;
  const matrix = Array.from({ length: size }, (_, i) =>
    Array.from({ length: size }, (_unused, j) => draw(Math.min(i, j) * size + Math.max(i, j), 3)),
  );
  const multiply: Multiply = (vector, into) => {
    matrix.forEach((row, i) => {
      into[i] = row.reduce((sum, value, j) => sum + value * vector[j]!, 0);
    });
  };
  const start = gaussianVector(size, [1, 2], 1);
  const all = eigenvalues(matrix);

  test("finds both ends, and says how near it is", () => {
    const found = lanczos(multiply, { start, tolerance: 1e-9, iterations: 200 });
    expect(found.top).toBeCloseTo(all.at(-1)!, 8);
    expect(found.residual).toBeLessThan(1e-9);
    expect(found.iterations).toBeLessThan(200);
  });

  test("stopped early it is below the top and above the bottom, an eigenvalue within the residual", () => {
    for (const iterations of [1, 3, 6, 10]) {
      const found = lanczos(multiply, { start, tolerance: 1e-9, iterations });
      expect(found.iterations).toBe(iterations);
      expect(found.top).toBeLessThan(all.at(-1)! + 1e-9);
      expect(found.bottom).toBeGreaterThan(all[0]! - 1e-9);
      const nearest = Math.min(...all.map((value) => Math.abs(value - found.top)));
      expect(nearest).toBeLessThanOrEqual(found.residual * Math.abs(found.top) + 1e-9);
    }
  });

  test("a matrix of zeros, and one that is not finite, end at once", () => {
    const options = { start, tolerance: 1e-3, iterations: 20 };
    const nothing = lanczos((_vector, into) => into.fill(0), options);
    expect(nothing).toEqual({ top: 0, bottom: -0, residual: 0, iterations: 1 });
    expect(lanczos((_vector, into) => into.fill(NaN), options)).toMatchObject({
      top: NaN,
      iterations: 1,
    });
  });
});

test("a Gaussian vector has the length asked for and the moments of its law", () => {
  const vector = gaussianVector(20_000, [3, 4], 5);
  const scale = Math.sqrt(20_000) / 5;
  const moment = (power: number): number =>
    vector.reduce((sum, value) => sum + (value * scale) ** power, 0) / vector.length;
  expect(Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0))).toBeCloseTo(5, 12);
  expect(Math.abs(moment(1))).toBeLessThan(0.03);
  expect(Math.abs(moment(3))).toBeLessThan(0.12);
  expect(Math.abs(moment(4) - 3)).toBeLessThan(0.2);
});
