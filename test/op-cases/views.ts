/** Op table: views. */
import type { Shape } from "../../src/base/shape.ts";
import { broadcastTo, input, pad, reshape, slice, transpose } from "../../src/graph/index.ts";
import { at, byIndex, spread, type OpCase, type OpEntry } from "./op-case.ts";

function broadcastCase(from: Shape, to: Shape): OpCase {
  return {
    operands: [spread(from)],
    build: ([x]) => broadcastTo(x!, to),
    expected: ([x]) =>
      byIndex(to, (index) =>
        at(
          x!,
          index.slice(to.length - from.length).map((i, axis) => (from[axis] === 1 ? 0 : i)),
        ),
      ),
  };
}

function transposeCase(shape: Shape, perm: readonly number[]): OpCase {
  return {
    operands: [spread(shape)],
    build: ([x]) => transpose(x!, perm),
    expected: ([x]) =>
      byIndex(
        perm.map((axis) => shape[axis]!),
        (index) => {
          const source = new Array<number>(index.length);
          perm.forEach((axis, i) => (source[axis] = index[i]!));
          return at(x!, source);
        },
      ),
  };
}

function sliceCase(shape: Shape, start: readonly number[], end: readonly number[]): OpCase {
  return {
    operands: [spread(shape)],
    build: ([x]) => slice(x!, { start, end }),
    expected: ([x]) =>
      byIndex(
        end.map((stop, axis) => stop - start[axis]!),
        (index) =>
          at(
            x!,
            index.map((i, axis) => i + start[axis]!),
          ),
      ),
  };
}

function padCase(shape: Shape, before: readonly number[], after: readonly number[]): OpCase {
  return {
    operands: [spread(shape)],
    build: ([x]) => pad(x!, { before, after, value: -3 }),
    expected: ([x]) =>
      byIndex(
        shape.map((size, axis) => before[axis]! + size + after[axis]!),
        (index) => {
          const source = index.map((i, axis) => i - before[axis]!);
          const inside = source.every((i, axis) => i >= 0 && i < shape[axis]!);
          return inside ? at(x!, source) : -3;
        },
      ),
  };
}

export const viewOps: Readonly<Record<string, OpEntry>> = {
  broadcast: {
    cases: [
      broadcastCase([], [3, 5]),
      broadcastCase([5], [7, 5]),
      broadcastCase([7, 1], [7, 5]),
      broadcastCase([1, 5], [7, 5]),
      broadcastCase([2, 1, 3], [4, 2, 5, 3]),
      broadcastCase([1], [17]),
    ],
    misuses: [
      {
        build: () => broadcastTo(input("x", [2, 3]), [3]),
        error: "ShapeError",
        message: "broadcast: x must fit into [3], got [2, 3]",
      },
      {
        build: () => broadcastTo(input("x", [2]), [3]),
        error: "ShapeError",
        message: "broadcast: shapes do not broadcast, got [2] and [3]",
      },
    ],
  },
  reshape: {
    cases: [
      [
        [2, 6],
        [3, 4],
      ],
      [[], [1, 1]],
      [[17], [17, 1]],
      [[2, 3, 5], [30]],
    ].map(([from, to]): OpCase => {
      return {
        operands: [spread(from!)],
        build: ([x]) => reshape(x!, to!),
        expected: ([x]) => x!.data,
      };
    }),
    misuses: [
      {
        build: () => reshape(input("x", [2, 3]), [5]),
        error: "ShapeError",
        message: "reshape: sizes must agree, got [2, 3] to [5]",
      },
      {
        build: () => reshape(input("x", [2]), [-1, -2]),
        error: "ShapeError",
        message: "reshape: every axis must be a positive integer, got [-1, -2]",
      },
    ],
  },
  transpose: {
    cases: [
      transposeCase([5, 7], [1, 0]),
      transposeCase([1, 17], [1, 0]),
      transposeCase([2, 3, 5], [2, 0, 1]),
      transposeCase([2, 3, 4, 5], [0, 3, 1, 2]),
      transposeCase([7], [0]),
    ],
    misuses: [
      {
        build: () => transpose(input("x", [2, 3]), [0, 0]),
        error: "ShapeError",
        message: "transpose: perm must name each of 2 axes once, got [0, 0]",
      },
    ],
  },
  slice: {
    cases: [
      sliceCase([17], [3], [8]),
      sliceCase([5, 7], [0, 6], [5, 7]),
      sliceCase([5, 7], [4, 1], [5, 6]),
      sliceCase([2, 3, 5], [1, 0, 2], [2, 3, 4]),
    ],
    misuses: [
      {
        build: () => slice(input("x", [5, 7]), { start: [0, 3], end: [5, 3] }),
        error: "ShapeError",
        message: "slice: needs 0 ≤ start < end ≤ size on each axis of [5, 7], got [0, 3] to [5, 3]",
      },
      {
        build: () => slice(input("x", [5]), { start: [0], end: [6] }),
        error: "ShapeError",
        message: "slice: needs 0 ≤ start < end ≤ size on each axis of [5], got [0] to [6]",
      },
    ],
  },
  pad: {
    cases: [
      padCase([5], [2], [3]),
      padCase([5, 7], [0, 1], [1, 0]),
      padCase([1, 1], [3, 0], [0, 4]),
      padCase([2, 3, 5], [1, 1, 1], [1, 1, 1]),
    ],
    misuses: [
      {
        build: () => pad(input("x", [5]), { before: [-1], after: [0] }),
        error: "ShapeError",
        message: "pad: needs a whole number ≥ 0 for each axis of [5], got [-1] and [0]",
      },
    ],
  },
};
