import { describe, expect, test } from "vitest";
import { ShapeError } from "../base/errors.ts";
import type { Split } from "./dataset.ts";
import { gatherInputs, gatherTargets } from "./gather.ts";

const pixels: Split = {
  inputs: Uint8Array.of(0, 255, 51, 102, 204, 153),
  inputScale: 1 / 255,
  targets: Int32Array.of(7, 8, 9),
  shape: [2],
  count: 3,
};
const numbers: Split = {
  inputs: Float32Array.of(1.5, 2.5, 3.5),
  targets: Float32Array.of(1, 2, 3, 4, 5, 6),
  shape: [],
  targetShape: [2],
  count: 3,
};

describe("gather", () => {
  test("writes the chosen rows, scaled, in the order given", () => {
    const into = new Float32Array(4);
    gatherInputs(pixels, { rows: [2, 0] }, into);
    expect(into).toEqual(Float32Array.of(204 / 255, 153 / 255, 0, 1));
  });

  test("takes part of a longer list of rows", () => {
    const rows = Uint32Array.of(0, 1, 2, 1);
    const into = new Float32Array(2);
    gatherInputs(numbers, { rows, start: 1, count: 2 }, into);
    expect(into).toEqual(Float32Array.of(2.5, 3.5));
    const classes = new Int32Array(2);
    gatherTargets(pixels, { rows, start: 2 }, classes);
    expect(classes).toEqual(Int32Array.of(9, 8));
    const targets = new Float32Array(2);
    gatherTargets(numbers, { rows, start: 3 }, targets);
    expect(targets).toEqual(Float32Array.of(3, 4));
  });

  test.each([
    [
      "an index past the end",
      { rows: [3] },
      2,
      "gather: row must be in [0, 3), got 3 at position 0",
    ],
    ["a negative index", { rows: [-1] }, 2, "gather: row must be in [0, 3), got -1 at position 0"],
    [
      "more rows than there are",
      { rows: [1], count: 2 },
      4,
      "gather: row must be in [0, 3), got undefined at position 1",
    ],
    ["a wrong size", { rows: [1] }, 3, "gatherInputs: needs room for 2 numbers, got 3"],
  ])("refuses %s", (_, batch, size, message) => {
    expect(() => gatherInputs(pixels, batch, new Float32Array(size))).toThrow(
      new ShapeError(message),
    );
  });
});
