import { describe, expect, test } from "vitest";
import { streamKey, uniform } from "../../base/random.ts";
import {
  printedWeightBound,
  projectedCurvature,
  projectedGradient,
  spectralNorm,
  unitTerms,
  weightBound,
} from "./unit-terms.ts";

const M = 7;
const GAMMA = 1.7;

function column(name: string): number[] {
  return Array.from({ length: M }, (_, i) => uniform(i, streamKey(3, name)) * 4 - 1.5);
}

/** z = γ (y − mean) / σ, by plain loops. */
function normalized(y: readonly number[]): number[] {
  const mean = y.reduce((a, b) => a + b) / M;
  const sigma = Math.sqrt(y.reduce((a, b) => a + (b - mean) ** 2, 0) / M);
  return y.map((value) => (GAMMA * (value - mean)) / sigma);
}

/** A loss of z that is not quadratic, with its gradient and the diagonal of its Hessian. */
const target = column("target");
const loss = (z: readonly number[]): number =>
  z.reduce((sum, value, b) => sum + Math.sin(value + target[b]!), 0);
const gradient = (z: readonly number[]): number[] =>
  z.map((value, b) => Math.cos(value + target[b]!));
const hessian = (z: readonly number[]): number[] =>
  z.map((value, b) => -Math.sin(value + target[b]!));

const y = column("y");
const lossOfY = (at: readonly number[]): number => loss(normalized(at));

/** Central differences of the loss in y, which share nothing with the theorems. */
function slowGradient(): number[] {
  const h = 1e-5;
  return y.map((_, b) => {
    const moved = (by: number): number[] => y.map((value, i) => (i === b ? value + by : value));
    return (lossOfY(moved(h)) - lossOfY(moved(-h))) / (2 * h);
  });
}

const v = slowGradient();
const g = gradient(normalized(y));
const terms = unitTerms({ y, g, v, gamma: GAMMA });

test("theorem 4.1 gives the squared gradient that central differences find", () => {
  expect(projectedGradient(terms)).toBeCloseTo(
    v.reduce((sum, value) => sum + value * value, 0),
    7,
  );
});

test("theorem 4.2 gives the curvature along v that second differences find", () => {
  const h = 1e-3;
  const along = (by: number): number => lossOfY(y.map((value, b) => value + by * v[b]!));
  const curvature = (along(h) - 2 * along(0) + along(-h)) / h ** 2;
  const diagonal = hessian(normalized(y));
  const vHv = v.reduce((sum, value, b) => sum + diagonal[b]! * value * value, 0);
  const { value, size } = projectedCurvature(terms, GAMMA, vHv);
  expect(value).toBeCloseTo(curvature, 4);
  expect(size).toBeGreaterThanOrEqual(Math.abs(value));
});

describe("theorem 4.4", () => {
  const lambda = 2.5;
  const bound = weightBound(terms, lambda);

  test("the corrected bound is reached by one input and exceeded by none of many", () => {
    const size = Math.sqrt(terms.vv);
    // X = λ v̂ uᵀ with a unit vector u of two features: Xᵀv = λ ‖v‖ u.
    const u = [0.6, 0.8];
    const best = v.flatMap((value) => u.map((weight) => (lambda * value * weight) / size));
    expect(spectralNorm(best, M, 2)).toBeCloseTo(lambda, 9);
    expect(squaredProduct(best)).toBeCloseTo(bound, 7);
    for (let draw = 0; draw < 200; draw++) {
      const raw = Array.from({ length: 2 * M }, (_, i) => uniform(i, streamKey(draw, "x")) - 0.5);
      const scale = lambda / spectralNorm(raw, M, 2);
      expect(squaredProduct(raw.map((value) => value * scale))).toBeLessThanOrEqual(bound + 1e-9);
    }
  });

  test("as printed it falls below what is reached where g leans on ŷ", () => {
    // All of g along ŷ: nothing is left of the gradient, and the printed side is negative.
    const lean = unitTerms({ y, g: normalized(y), v: v.map(() => 0), gamma: GAMMA });
    expect(weightBound(lean, lambda)).toBeCloseTo(0, 9);
    expect(printedWeightBound(lean, lambda, { reading: "kind" })).toBeLessThan(-1);
  });

  test("to the letter its first term grows with the fourth power of the loss, the others with the second", () => {
    const at = (lossScale: number): number =>
      printedWeightBound(terms, lambda, { reading: "literal", lossScale });
    const kind = (lossScale: number): number =>
      printedWeightBound(terms, lambda, { reading: "kind", lossScale });
    expect(kind(3)).toBeCloseTo(9 * kind(1), 6);
    const square = lambda ** 2 * terms.gg;
    const rest = at(1) - terms.gain * square ** 2;
    expect(at(3)).toBeCloseTo(terms.gain * 81 * square ** 2 + 9 * rest, 4);
  });

  /** ‖Xᵀv‖² of an X with two columns. */
  function squaredProduct(x: readonly number[]): number {
    return [0, 1].reduce((sum, j) => {
      const part = v.reduce((inner, value, b) => inner + x[2 * b + j]! * value, 0);
      return sum + part * part;
    }, 0);
  }
});

test("the spectral norm of a matrix of known singular values", () => {
  // Rows (3, 0) and (4, 5): XᵀX has eigenvalues 45 and 5.
  expect(spectralNorm([3, 0, 4, 5], 2, 2)).toBeCloseTo(Math.sqrt(45), 9);
  expect(spectralNorm([0, 0], 1, 2)).toBe(0);
});
