import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { countMasks } from "./count-masks.ts";
import {
  columnSquares,
  dropoutWeights,
  marginalLoss,
  printedFourthLine,
  printedThirdLine,
  ridgeWeights,
  squaredError,
  type Regression,
} from "./ridge.ts";
import { solve } from "./solve.ts";

const number = fc.double({ min: -3, max: 3, noNaN: true });
const regressions: fc.Arbitrary<Regression & { readonly weights: readonly number[] }> = fc
  .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 3 }))
  .chain(([examples, features]) =>
    fc.record({
      inputs: fc.array(fc.array(number, { minLength: features, maxLength: features }), {
        minLength: examples,
        maxLength: examples,
      }),
      targets: fc.array(number, { minLength: examples, maxLength: examples }),
      weights: fc.array(number, { minLength: features, maxLength: features }),
    }),
  );
const keeps = fc.double({ min: 0.05, max: 1, noNaN: true });

const example: Regression = {
  inputs: [
    [1, -1.5],
    [1, -0.5],
    [1, 0.25],
    [1, 1],
    [1, 1.75],
  ],
  targets: [-0.4, 0.6, 0.9, 2.1, 1.9],
};

describe("the expected loss", () => {
  test("is what counting every mask gives", () => {
    fc.assert(
      fc.property(regressions, keeps, ({ weights, ...regression }, keep) => {
        const counted = countMasks(regression, weights, "entry").expectedLoss(keep);
        expect(Math.abs(marginalLoss(regression, weights, keep) - counted)).toBeLessThan(
          1e-11 * (1 + counted),
        );
      }),
      { numRuns: 60 },
    );
  });

  test("the printed third line is that of one coin for a whole example", () => {
    fc.assert(
      fc.property(regressions, keeps, ({ weights, ...regression }, keep) => {
        const counted = countMasks(regression, weights, "example").expectedLoss(keep);
        expect(Math.abs(printedThirdLine(regression, weights, keep) - counted)).toBeLessThan(
          1e-11 * (1 + counted),
        );
      }),
      { numRuns: 60 },
    );
  });

  test("with nothing dropped it is the squared error, and the printed fourth line is not", () => {
    const weights = [1, 0.8];
    expect(marginalLoss(example, weights, 1)).toBeCloseTo(squaredError(example, weights), 12);
    expect(printedThirdLine(example, weights, 1)).toBeCloseTo(squaredError(example, weights), 12);
    expect(printedFourthLine(example, weights, 1) - squaredError(example, weights)).toBeCloseTo(
      1 + 0.64,
      12,
    );
  });

  test("with everything dropped it is ‖y‖², and the printed fourth line is not", () => {
    const weights = [1, 0.8];
    const squares = example.targets.reduce((sum, target) => sum + target ** 2, 0);
    expect(marginalLoss(example, weights, 0)).toBeCloseTo(squares, 12);
    expect(printedFourthLine(example, weights, 0)).toBeCloseTo(squaredError(example, weights), 12);
    expect(Math.abs(printedFourthLine(example, weights, 0) - squares)).toBeGreaterThan(1);
  });

  test("too many coins to count are refused", () => {
    const inputs = Array.from({ length: 9 }, () => [1, 2]);
    const many = { inputs, targets: inputs.map(() => 1) };
    expect(() => countMasks(many, [1, 1], "entry")).toThrow(/at most 16 coins/);
  });
});

describe("the weights", () => {
  test("are where the counted loss is least", () => {
    for (const keep of [0.2, 0.5, 0.9, 1]) {
      const best = dropoutWeights(example, keep);
      const least = countMasks(example, best, "entry").expectedLoss(keep);
      for (const step of [
        [1e-3, 0],
        [-1e-3, 0],
        [0, 1e-3],
        [0, -1e-3],
      ]) {
        const moved = best.map((weight, j) => weight + step[j]!);
        expect(countMasks(example, moved, "entry").expectedLoss(keep)).toBeGreaterThan(least);
      }
    }
  });

  test("times keep are those of ridge with (1 − q) / q · diag XᵀX", () => {
    for (const keep of [0.1, 0.5, 0.8, 1]) {
      const penalties = columnSquares(example).map((square) => ((1 - keep) / keep) * square);
      const scaled = dropoutWeights(example, keep).map((weight) => keep * weight);
      ridgeWeights(example, penalties).forEach((weight, j) =>
        expect(weight).toBeCloseTo(scaled[j]!, 12),
      );
    }
  });
});

test("solve exchanges rows and leaves open what is open", () => {
  expect(
    solve(
      [
        [0, 2],
        [1, 1],
      ],
      [4, 5],
    ),
  ).toEqual([3, 2]);
  expect(solve([[0]], [0])).toEqual([0]);
});
