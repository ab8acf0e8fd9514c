import { expect, test } from "vitest";
import { momentDrift } from "./moment-drift.ts";

test("changes are averaged over training and divided by the unit's own spread; median over units", () => {
  const series = {
    steps: [0, 10, 20],
    values: {
      // Unit 0 moves by 1 and 3, unit 1 stands still, unit 2 by 10 and 10.
      mean: [
        [0, 5, 0],
        [1, 5, 10],
        [-2, 5, 0],
      ],
      variance: [
        [4, 1, 100],
        [4, 1, 100],
        [4, 1, 100],
      ],
    },
  };
  expect(momentDrift(series)).toEqual({ mean: 1, variance: 0 });
  const jumping = { ...series.values, variance: [[1], [3], [2]], mean: [[0], [0], [0]] };
  expect(momentDrift({ steps: [0, 1, 2], values: jumping })).toEqual({ mean: 0, variance: 0.75 });
});

test("units without spread are left out; without any there is no drift", () => {
  const values = {
    mean: [
      [0, 0],
      [1, 2],
    ],
    variance: [
      [0, 4],
      [0, 4],
    ],
  };
  expect(momentDrift({ steps: [0, 1], values })).toEqual({ mean: 1, variance: 0 });
  const still = { mean: [[0], [1]], variance: [[0], [0]] };
  expect(momentDrift({ steps: [0, 1], values: still })).toBeNull();
  expect(momentDrift({ steps: [0], values })).toBeNull();
  expect(momentDrift(undefined)).toBeNull();
});
