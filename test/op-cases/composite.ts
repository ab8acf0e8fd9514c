/** Op table: composites. */
import { uniform as uniformAt } from "../../src/base/random.ts";
import type { Shape } from "../../src/base/shape.ts";
import {
  argmax,
  bernoulli,
  correctCount,
  crossEntropy,
  input,
  logSoftmax,
  mean,
  meanSquaredError,
  normal,
  oneHot,
  relu,
  softmax,
  square,
  standardize,
  stopGradient,
  uniform,
  variance,
  type Value,
} from "../../src/graph/index.ts";
import type { NdArray } from "../../src/graph/value.ts";
import {
  EDGE_SHAPES,
  elementwise,
  given,
  key,
  rowsOf,
  spread,
  whole,
  type OpCase,
  type OpEntry,
  type OpMisuse,
} from "./op-case.ts";
import { normalQuantile } from "./normal-quantile.ts";

const average = (numbers: readonly number[]): number =>
  numbers.reduce((total, number) => total + number, 0) / numbers.length;

const spreadOf = (numbers: readonly number[]): number =>
  average(numbers.map((number) => (number - average(numbers)) ** 2));

const columnsOf = (x: NdArray): number[][] => {
  const rows = rowsOf(x);
  return rows[0]!.map((_, column) => rows.map((row) => row[column]!));
};

const asF32 = (build: () => Value, name: string): OpMisuse => {
  return { build, error: "ShapeError", message: `${name}: x must be f32, got i32` };
};

/** A formula of the whole row, or column, for each of them. */
const perRow =
  (formula: (row: number[]) => number[] | number): OpCase["expected"] =>
  ([x]) =>
    rowsOf(x!).flatMap(formula);

const softmaxOfRow = (row: number[]): number[] =>
  row.map((x) => 1 / row.reduce((total, other) => total + Math.exp(other - x), 0));

function rowwise(
  build: (x: Value) => Value,
  name: string,
  formula: (row: number[]) => number[] | number,
): OpEntry {
  const shapes: Shape[] = [[1], [17], [5, 7], [7, 1], [2, 3, 5]];
  return {
    cases: [
      ...shapes.map((shape): OpCase => {
        return { operands: [spread(shape)], build: ([x]) => build(x!), expected: perRow(formula) };
      }),
      {
        operands: [given([2, 3], "f32", [1e4, 1e4 - 1, -1e4, -3e38, -3e38, -3e38])],
        build: ([x]) => build(x!),
        expected: perRow(formula),
        differentiable: false,
      },
    ],
    misuses: [
      asF32(() => build(input("x", [2], "i32")), name),
      {
        build: () => build(input("x", [])),
        error: "ShapeError",
        message: `${name}: x must have a last axis, got a scalar`,
      },
    ],
  };
}

const REDUCED: readonly Shape[] = [
  [5, 7],
  [17, 1],
  [2, 13],
  [4, 8],
];

function columnwise(build: typeof mean, formula: (column: number[]) => number): OpEntry {
  const name = build(input("x", [2]), [0]).op.name;
  return {
    cases: [
      ...REDUCED.map((shape): OpCase => {
        return {
          operands: [spread(shape)],
          build: ([x]) => build(x!, [0]),
          expected: ([x]) => columnsOf(x!).map(formula),
        };
      }),
      {
        operands: [spread([3, 5])],
        build: ([x]) => build(x!),
        expected: ([x]) => [formula([...x!.data])],
      },
      {
        // A mean a thousand times the spread: the textbook E[x²] − E[x]² keeps three digits in f32.
        operands: [spread([64, 3], 999, 1001)],
        build: ([x]) => build(x!, [0]),
        expected: ([x]) => columnsOf(x!).map(formula),
      },
    ],
    misuses: [asF32(() => build(input("x", [2], "i32")), name)],
  };
}

const standardizeEntry: OpEntry = {
  cases: [
    ...REDUCED.map((shape): OpCase => {
      return {
        operands: [spread(shape)],
        build: ([x]) => standardize(x!, { axes: [0], eps: 1e-3 }),
        expected: ([x]) => {
          const columns = columnsOf(x!);
          return rowsOf(x!).flatMap((row) =>
            row.map((number, c) => {
              return (number - average(columns[c]!)) / Math.sqrt(spreadOf(columns[c]!) + 1e-3);
            }),
          );
        },
      };
    }),
    {
      operands: [spread([3, 7])],
      build: ([x]) => standardize(x!, { axes: [-1] }),
      expected: perRow((row) =>
        row.map((number) => (number - average(row)) / Math.sqrt(spreadOf(row) + 1e-5)),
      ),
    },
    {
      operands: [given([3, 2], "f32", [4, 1, 4, 1, 4, 1])],
      build: ([x]) => standardize(x!, { axes: [0], eps: 0.1 }),
      expected: () => [0, 0, 0, 0, 0, 0],
    },
  ],
  misuses: [
    asF32(() => standardize(input("x", [2], "i32"), { axes: [0] }), "standardize"),
    {
      build: () => standardize(input("x", [1, 4]), { axes: [0] }),
      error: "ShapeError",
      message: "standardize: needs ≥ 2 values per mean, got 1 in [1, 4]",
    },
    {
      build: () => standardize(input("x", [3, 4]), { axes: [0], eps: -1 }),
      error: "OptionError",
      message: "standardize: eps must be a number ≥ 0, got -1",
    },
  ],
};

const lossOfRow = (row: number[], label: number): number =>
  Math.log(row.reduce((total, other) => total + Math.exp(other - row[label]!), 0));

const classificationMisuse = (build: typeof crossEntropy, name: string): OpMisuse => {
  return {
    build: () => build(input("x", [5, 3]), input("labels", [4], "i32")),
    error: "ShapeError",
    message: `${name}: takes logits f32 [N, C] and labels i32 [N], got f32 [5, 3] and i32 [4]`,
  };
};

function classification(
  build: typeof crossEntropy,
  name: string,
  formula: (rows: number[][], labels: readonly number[]) => number,
): OpEntry {
  const sizes = [
    [1, 1],
    [1, 10],
    [5, 3],
    [7, 17],
    [60, 10],
  ] as const;
  return {
    cases: sizes.map(([rows, classes]): OpCase => {
      return {
        operands: [spread([rows, classes]), whole([rows], "i32", 0, classes)],
        build: ([x, labels]) => build(x!, labels!),
        expected: ([x, labels]) => [formula(rowsOf(x!), [...labels!.data])],
      };
    }),
    misuses: [classificationMisuse(build, name)],
  };
}

const key1 = key(3, 0x80000001);
const KEY1 = [3, 0x80000001] as const;

function random(
  build: (words: Value, shape: Shape) => Value,
  formula: (index: number) => number,
  tolerance = 0,
): OpEntry {
  return {
    cases: [[], [1], [17], [5, 200]].map((shape): OpCase => {
      const length = shape.reduce((size, axis) => size * axis, 1);
      return {
        operands: [key1],
        build: ([words]) => build(words!, shape),
        expected: () => Array.from({ length }, (_, i) => formula(i)),
        tolerance,
      };
    }),
    misuses: [
      {
        build: () => build(input("key", [2]), [3]),
        error: "ShapeError",
        message: "random-bits: key must be u32 [2], got f32 [2]",
      },
    ],
  };
}

function pointwise(build: (x: Value) => Value, formula: (x: number) => number): OpEntry {
  const name = build(input("x", [1])).op.name;
  return {
    cases: EDGE_SHAPES.map((shape): OpCase => {
      return {
        operands: [spread(shape)],
        build: ([x]) => build(x!),
        expected: elementwise((x) => formula(x)),
      };
    }),
    misuses: [asF32(() => build(input("x", [2], "i32")), name)],
  };
}

const crossEntropyEntry = classification(crossEntropy, "cross-entropy", (rows, labels) =>
  average(rows.map((row, n) => lossOfRow(row, labels[n]!))),
);

const bernoulliEntry = random(
  (words, shape) => bernoulli(words, shape, { keep: 0.3 }),
  (i) => Number(uniformAt(i, KEY1) < Math.fround(0.3)),
);

export const compositeOps: Readonly<Record<string, OpEntry>> = {
  argmax: {
    ...rowwise(argmax, "argmax", (row) => row.indexOf(Math.max(...row))),
    cases: [
      ...rowwise(argmax, "argmax", (row) => row.indexOf(Math.max(...row))).cases,
      {
        operands: [given([3, 3], "f32", [1, 2, 2, NaN, 0, 1, -Infinity, -Infinity, -Infinity])],
        build: ([x]) => argmax(x!),
        expected: () => [1, 3, 0],
        differentiable: false,
      },
    ],
  },
  bernoulli: {
    ...bernoulliEntry,
    cases: [
      ...bernoulliEntry.cases,
      ...[0, 2 ** -26, 2 ** -24].map((above): OpCase => {
        // Strictly below, and below `keep` as f32 has it: 2⁻²⁶ above a number in [1/2, 1) is lost.
        const drawn = Array.from({ length: 100 }, (_, i) => uniformAt(i, KEY1));
        const edge = drawn.find((number) => number >= 0.5)!;
        return {
          operands: [key1],
          build: ([words]) => bernoulli(words!, [100], { keep: edge + above }),
          expected: () =>
            drawn.map((number) => Number(number < edge || (number === edge && above === 2 ** -24))),
        };
      }),
      ...[0, 1].map((keep): OpCase => {
        return {
          operands: [key1],
          build: ([words]) => bernoulli(words!, [1000], { keep }),
          expected: () => new Float64Array(1000).fill(keep),
        };
      }),
    ],
    misuses: [
      ...bernoulliEntry.misuses,
      {
        build: () => bernoulli(input("key", [2], "u32"), [3], { keep: 1.1 }),
        error: "OptionError",
        message: "bernoulli: keep must be in [0, 1], got 1.1",
      },
    ],
  },
  "correct-count": classification(
    correctCount,
    "correct-count",
    (rows, labels) => rows.filter((row, n) => row.indexOf(Math.max(...row)) === labels[n]).length,
  ),
  "cross-entropy": {
    ...crossEntropyEntry,
    cases: [
      ...crossEntropyEntry.cases,
      {
        // A confident mistake: the loss is the margin, where −log(softmax) would be infinite.
        operands: [given([2, 2], "f32", [0, 1e4, 500, -500]), given([2], "i32", [0, 0])],
        build: ([x, labels]) => crossEntropy(x!, labels!),
        expected: () => [5000],
      },
    ],
  },
  "log-softmax": rowwise(logSoftmax, "log-softmax", (row) =>
    row.map((x) => {
      const top = Math.max(...row);
      return x - top - Math.log(row.reduce((total, other) => total + Math.exp(other - top), 0));
    }),
  ),
  mean: columnwise(mean, average),
  "mean-squared-error": {
    cases: [[1], [5, 7], [17]].map((shape): OpCase => {
      return {
        operands: [spread(shape), spread(shape, -2, 2, 9)],
        build: ([x, target]) => meanSquaredError(x!, target!),
        expected: ([x, target]) => [
          average([...x!.data].map((n, i) => (n - target!.data[i]!) ** 2)),
        ],
      };
    }),
    misuses: [
      {
        build: () => meanSquaredError(input("x", [5, 1]), input("y", [5])),
        error: "ShapeError",
        message:
          "mean-squared-error: takes two f32 tensors of one shape, got f32 [5, 1] and f32 [5]",
      },
    ],
  },
  normal: random(
    normal,
    (i) => normalQuantile((Math.floor(uniformAt(i, KEY1) * 2 ** 23) + 0.5) * 2 ** -23),
    4e-7,
  ),
  "one-hot": {
    cases: [
      {
        operands: [given([5], "i32", [0, 2, 3, -1, 1])],
        build: ([ids]) => oneHot(ids!, 3),
        expected: () => [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0],
      },
    ],
    misuses: [
      {
        build: () => oneHot(input("ids", [3, 1], "i32"), 3),
        error: "ShapeError",
        message: "one-hot: ids must be i32 [N], got i32 [3, 1]",
      },
      {
        build: () => oneHot(input("ids", [3], "i32"), 0),
        error: "OptionError",
        message: "one-hot: classes must be a positive integer, got 0",
      },
    ],
  },
  relu: pointwise(relu, (x) => (x > 0 ? x : 0)),
  softmax: rowwise(softmax, "softmax", softmaxOfRow),
  square: pointwise(square, (x) => x ** 2),
  standardize: standardizeEntry,
  "stop-gradient": {
    cases: [
      {
        operands: [spread([5, 7])],
        build: ([x]) => stopGradient(x!),
        expected: ([x]) => x!.data,
        // Its gradient is zero by decree, whatever central differences say.
        differentiable: false,
      },
    ],
    misuses: [],
  },
  uniform: random(uniform, (i) => uniformAt(i, KEY1)),
  variance: {
    ...columnwise(variance, spreadOf),
    misuses: [
      ...columnwise(variance, spreadOf).misuses,
      {
        build: () => variance(input("x", [2]), []),
        error: "ShapeError",
        message: "variance: needs at least one axis, got []",
      },
    ],
  },
};
