import { describe, expect, test } from "vitest";
import { distance } from "./compare.ts";
import { enumerateMasks } from "./enumerate-masks.ts";
import { columnSquares, equalColumns, leastSquares, objectives, ridge } from "./objectives.ts";
import { digitBlocks, gaussians, problemOf, type Problem } from "./problem.ts";
import { symmetricSolve } from "./symmetric-solve.ts";

const data = await digitBlocks();
const problems = [problemOf("gaussian", 7, data), problemOf("digits", 7, data)];
const KEEPS = [0.2, 0.5, 0.9, 1];

/** One row, one input: two masks. */
const tiny: Problem = {
  inputs: Float64Array.of(2),
  targets: Float64Array.of(3),
  rows: 1,
  columns: 1,
};

test("one row with one input, by hand: the residual is 1 with probability 1/4 and 3 otherwise", () => {
  const { loss, variance, gram, cross } = enumerateMasks(tiny, Float64Array.of(1), 0.25);
  expect(loss).toBeCloseTo(0.25 * 1 + 0.75 * 9, 14);
  expect(variance).toBeCloseTo(0.25 * 1 + 0.75 * 81 - 7 ** 2, 12);
  expect([gram[0], cross[0]]).toEqual([0.25 * 4, 0.25 * 6]);
  // keep · 4 w + (1 − keep) · 4 w = 6.
  expect(objectives.formula.minimiser(tiny, 0.25)[0]).toBeCloseTo(1.5, 14);
});

describe.each(problems.map((problem, at) => [["random", "digits"][at]!, problem] as const))(
  "%s",
  (_, problem) => {
    const weights = gaussians(problem.columns, 3, "test");

    test("the formula is the mean over all masks at any weights, the other two are not", () => {
      for (const keep of KEEPS.slice(0, -1)) {
        const { loss } = enumerateMasks(problem, weights, keep);
        expect(objectives.formula.loss(problem, weights, keep) / loss).toBeCloseTo(1, 12);
        for (const wrong of ["line-3", "line-4"] as const) {
          const said = objectives[wrong].loss(problem, weights, keep);
          expect(Math.abs(said / loss - 1)).toBeGreaterThan(1e-4);
        }
      }
    });

    test("each minimiser is where its own loss does not fall in any direction", () => {
      for (const objective of Object.values(objectives)) {
        const best = objective.minimiser(problem, 0.5);
        const least = objective.loss(problem, best, 0.5);
        for (let j = 0; j < problem.columns; j++) {
          for (const step of [-0.01, 0.01]) {
            const moved = best.map((weight, at) => weight + (at === j ? step : 0));
            expect(objective.loss(problem, moved, 0.5)).toBeGreaterThan(least);
          }
        }
      }
    });

    test("keeping everything is least squares; line 4 adds ‖w‖² even then", () => {
      const { formula, "line-4": four } = objectives;
      const { loss } = enumerateMasks(problem, weights, 1);
      expect(formula.loss(problem, weights, 1)).toBeCloseTo(loss, 9);
      expect(distance(formula.minimiser(problem, 1), leastSquares(problem))).toBeLessThan(1e-12);
      const norm = weights.reduce((sum, weight) => sum + weight ** 2, 0);
      expect(four.loss(problem, weights, 1) - loss).toBeCloseTo(norm, 9);
    });

    test("with equal columns it is ridge of strength n (1 − keep) / keep, otherwise not", () => {
      const scaled = (of: Problem): Float64Array =>
        objectives.formula.minimiser(of, 0.5).map((weight) => 0.5 * weight);
      const equal = equalColumns(problem);
      columnSquares(equal).forEach((square) => expect(square).toBeCloseTo(problem.rows, 9));
      expect(distance(scaled(equal), ridge(equal, problem.rows))).toBeLessThan(1e-12);
      expect(distance(scaled(problem), ridge(problem, problem.rows))).toBeGreaterThan(0.05);
    });
  },
);

test("problems are functions of the seed, exact in f32, and digits are of the training split", () => {
  for (const arm of ["gaussian", "digits"] as const) {
    const problem = problemOf(arm, 4, data);
    expect(problemOf(arm, 4, data)).toEqual(problem);
    expect(problemOf(arm, 5, data).targets).not.toEqual(problem.targets);
    expect(Float64Array.from(Float32Array.from(problem.inputs))).toEqual(problem.inputs);
    expect(problem.inputs).toHaveLength(64 * 8);
  }
  const brightness = [...problemOf("digits", 4, data).inputs];
  expect(Math.min(...brightness)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...brightness)).toBeLessThanOrEqual(1);
});

test("symmetricSolve solves, and refuses what is not positive definite", () => {
  const matrix = Float64Array.of(4, 2, 2, 3);
  const solution = symmetricSolve(matrix, Float64Array.of(2, 5));
  expect([...solution]).toEqual([expect.closeTo(-0.5, 14), expect.closeTo(2, 14)]);
  expect(() => symmetricSolve(Float64Array.of(1, 2, 2, 1), Float64Array.of(1, 1))).toThrow(
    "symmetricSolve: matrix must be positive definite, got pivot -3",
  );
});
