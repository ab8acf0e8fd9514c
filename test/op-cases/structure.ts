/** Op table: sources, reductions, products, rows by index. */
import { randomBits as bitsAt } from "../../src/base/random.ts";
import { sizeOf, type Shape } from "../../src/base/shape.ts";
import {
  apply,
  concat,
  constant,
  derivatives,
  gather,
  input,
  iota,
  matmul,
  max,
  randomBits,
  state,
  sum,
} from "../../src/graph/index.ts";
import { sumOp } from "../../src/graph/ops/sum.ts";
import {
  at,
  byIndex,
  EDGE_SHAPES,
  given,
  key,
  rowsOf,
  spread,
  whole,
  type OpCase,
  type OpEntry,
} from "./op-case.ts";

const REDUCTIONS: readonly (readonly [Shape, readonly number[]])[] = [
  [[1], [0]],
  [[17], [0]],
  [[5, 7], [0]],
  [[5, 7], [1]],
  [
    [5, 7],
    [0, 1],
  ],
  [[2, 3, 5], [1]],
  [
    [2, 3, 5],
    [0, 2],
  ],
  [
    [2, 3, 4, 5],
    [0, 1, 2],
  ],
  [[1, 13], [0]],
];

function reduction(
  build: typeof sum,
  name: string,
  combine: (elements: readonly number[]) => number,
): OpEntry {
  return {
    cases: REDUCTIONS.map(([shape, axes]): OpCase => {
      const free = shape.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]));
      return {
        operands: [spread(shape)],
        build: ([x]) => build(x!, axes),
        expected: ([x]) =>
          byIndex(
            free.map((axis) => shape[axis]!),
            (outer) =>
              combine(
                byIndex(
                  axes.map((axis) => shape[axis]!),
                  (inner) =>
                    at(
                      x!,
                      shape.map((_, axis) =>
                        axes.includes(axis)
                          ? inner[axes.indexOf(axis)]!
                          : outer[free.indexOf(axis)]!,
                      ),
                    ),
                ),
              ),
          ),
      };
    }),
    misuses: [
      {
        build: () => build(input("x", [2, 3], "i32")),
        error: "ShapeError",
        message: `${name}: x must be f32, got i32`,
      },
      {
        build: () => build(input("x", [2, 3]), [2]),
        error: "ShapeError",
        message: `${name}: axis must be in [-2, 2), got 2`,
      },
      {
        build: () => build(input("x", [2, 3]), [1, -1]),
        error: "ShapeError",
        message: `${name}: axes must be distinct, got [1, -1]`,
      },
    ],
  };
}

function matmulCase(m: number, k: number, n: number, tx: boolean, ty: boolean): OpCase {
  return {
    operands: [spread(tx ? [k, m] : [m, k]), spread(ty ? [n, k] : [k, n], -2, 2, 9)],
    build: ([x, y]) => matmul(x!, y!, { transposeX: tx, transposeY: ty }),
    expected: ([x, y]) =>
      byIndex([m, n], ([i, j]) => {
        let total = 0;
        for (let l = 0; l < k; l++) {
          total += at(x!, tx ? [l, i!] : [i!, l]) * at(y!, ty ? [j!, l] : [l, j!]);
        }
        return total;
      }),
  };
}

const keyWords = key(0xdeadbeef, 7);

const sources: Readonly<Record<string, OpEntry>> = {
  input: {
    cases: [{ operands: [spread([3])], build: ([x]) => x!, expected: ([x]) => x!.data }],
    misuses: [
      {
        build: () => input("x", [0, 3]),
        error: "ShapeError",
        message: "input: every axis must be a positive integer, got [0, 3]",
      },
    ],
  },
  constant: {
    cases: EDGE_SHAPES.map((shape): OpCase => {
      return {
        operands: [],
        build: () => constant(2.5, shape),
        expected: () => byIndex(shape, () => 2.5),
      };
    }),
    misuses: [
      {
        build: () => constant(1, [1.5]),
        error: "ShapeError",
        message: "constant: every axis must be a positive integer, got [1.5]",
      },
    ],
  },
  iota: {
    cases: (
      [
        [[17], 0],
        [[5, 7], 0],
        [[5, 7], 1],
        [[2, 3, 5], 1],
        [[1], 0],
      ] as const
    ).map(([shape, axis]): OpCase => {
      return {
        operands: [],
        build: () => iota(shape, axis),
        expected: () => byIndex(shape, (index) => index[axis]!),
      };
    }),
    misuses: [
      {
        build: () => iota([2, 3], 2),
        error: "ShapeError",
        message: "iota: axis must be an axis of [2, 3], got 2",
      },
    ],
  },
  "random-bits": {
    cases: EDGE_SHAPES.map((shape): OpCase => {
      return {
        operands: [keyWords],
        build: ([words]) => randomBits(words!, shape),
        expected: () => Array.from({ length: sizeOf(shape) }, (_, i) => bitsAt(i, [0xdeadbeef, 7])),
      };
    }),
    misuses: [
      {
        build: () => randomBits(input("key", [3], "u32"), [4]),
        error: "ShapeError",
        message: "random-bits: key must be u32 [2], got u32 [3]",
      },
    ],
  },
};

export const structureOps: Readonly<Record<string, OpEntry>> = {
  ...sources,
  sum: {
    ...reduction(sum, "sum", (elements) => elements.reduce((total, element) => total + element)),
    misuses: [
      ...reduction(sum, "sum", () => 0).misuses,
      {
        build: () => apply(sumOp, [input("x", [2, 3])], { axes: [1, 0] }),
        error: "ShapeError",
        message: "sum: axes must be sorted and not empty, got [1, 0]",
      },
    ],
  },
  max: {
    ...reduction(max, "max", (elements) => elements.toSorted((a, b) => b - a)[0]!),
    cases: [
      ...reduction(max, "max", (elements) => elements.toSorted((a, b) => b - a)[0]!).cases,
      {
        operands: [given([3, 2], "f32", [1, NaN, -Infinity, -Infinity, 4, Infinity])],
        build: ([x]) => max(x!, [1]),
        expected: () => [NaN, -Infinity, Infinity],
        differentiable: false,
      },
      {
        operands: [given([2, 3], "f32", [4, 4, 1, -2, -3, -2])],
        build: ([x]) => max(x!, [1]),
        expected: () => [4, -2],
        kink: true,
      },
    ],
  },
  matmul: {
    cases: [
      [1, 1, 1],
      [5, 7, 3],
      [17, 1, 4],
      [1, 13, 8],
      [4, 8, 16],
    ].flatMap(([m, k, n]) =>
      [false, true].flatMap((tx) => [false, true].map((ty) => matmulCase(m!, k!, n!, tx, ty))),
    ),
    misuses: [
      {
        build: () => matmul(input("x", [2, 3]), input("y", [2, 3])),
        error: "ShapeError",
        message: "matmul: inner sizes must agree, got [2, 3] · [2, 3]",
      },
      {
        build: () => matmul(input("x", [2, 3]), input("y", [3])),
        error: "ShapeError",
        message: "matmul: takes two f32 matrices, got [2, 3] and [3]",
      },
    ],
  },
  gather: {
    cases: [
      {
        operands: [spread([5, 3]), whole([7], "i32", 0, 5)],
        build: ([table, ids]) => gather(table!, ids!),
        expected: ([table, ids]) => [...ids!.data].flatMap((id) => rowsOf(table!)[id]!),
      },
      {
        operands: [spread([1, 1]), given([3], "i32", [0, 1, -1])],
        build: ([table, ids]) => gather(table!, ids!),
        expected: ([table]) => [table!.data[0]!, NaN, NaN],
        differentiable: false,
      },
    ],
    misuses: [
      {
        build: () => gather(input("t", [5]), input("ids", [2], "i32")),
        error: "ShapeError",
        message: "gather: table must be f32 [V, D], got f32 [5]",
      },
      {
        build: () => gather(input("t", [5, 2]), input("ids", [2])),
        error: "ShapeError",
        message: "gather: ids must be i32 [N], got f32 [2]",
      },
    ],
  },
  concat: {
    cases: [
      {
        operands: [spread([2, 3]), spread([2, 1], -2, 2, 9), spread([2, 5], -2, 2, 8)],
        build: (parts) => concat(parts, -1),
        expected: (parts) => [0, 1].flatMap((row) => parts.flatMap((part) => rowsOf(part)[row]!)),
      },
      {
        operands: [whole([2, 3], "i32", -9, 9), whole([1, 3], "i32", -9, 9, 5)],
        build: (parts) => concat(parts, 0),
        expected: (parts) => parts.flatMap(({ data }) => [...data]),
      },
    ],
    misuses: [
      {
        build: () => concat([input("x", [2, 3]), input("y", [3, 3])], 1),
        error: "ShapeError",
        message:
          "concat: needs equal types and equal shapes but for axis 1, got f32 [2, 3] and f32 [3, 3]",
      },
      {
        build: () => concat([], 0),
        error: "ShapeError",
        message: "concat: needs at least one tensor, got none",
      },
    ],
  },
  state: {
    cases: [],
    misuses: [
      {
        build: () => state({ name: "w", shape: [0], dtype: "f32" }),
        error: "ShapeError",
        message: "state: every axis must be a positive integer, got [0]",
      },
    ],
  },
  derivative: {
    cases: [],
    misuses: [
      {
        build: () => derivatives(input("x", [2]), [input("x", [2])])[0]!,
        error: "ShapeError",
        message: "derivative: loss must be an f32 scalar, got [2]",
      },
      {
        build: () => derivatives(input("l", []), [input("x", [2], "i32")])[0]!,
        error: "ShapeError",
        message: "derivative: x must be f32, got i32",
      },
    ],
  },
};
