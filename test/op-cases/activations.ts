/** Op table: smooth activations, the functions they are made of, and powers. */
import {
  elu,
  erf,
  expm1,
  gelu,
  input,
  leakyRelu,
  log1p,
  power,
  powerMean,
  silu,
  softplus,
  type Value,
} from "../../src/graph/index.ts";
import {
  EDGE_SHAPES,
  elementwise,
  given,
  rowsOf,
  spread,
  type OpCase,
  type OpEntry,
} from "./op-case.ts";

interface Range {
  readonly low?: number;
  readonly high?: number;
  /** Numbers at which something special happens, and what comes out. */
  readonly special?: readonly (readonly [x: number, y: number])[];
  readonly tolerance?: number;
}

function pointwise(
  build: (x: Value) => Value,
  formula: (x: number) => number,
  { low = -3, high = 3, special = [], tolerance = 1e-12 }: Range = {},
): OpEntry {
  const { name } = build(input("x", [1])).op;
  const run: OpCase["build"] = ([x]) => build(x!);
  const expected = elementwise((x) => formula(x));
  const xs = special.map(([x]) => x);
  return {
    cases: [
      ...EDGE_SHAPES.map((shape): OpCase => {
        return { operands: [spread(shape, low, high)], build: run, expected, tolerance };
      }),
      {
        operands: [given([xs.length], "f32", xs)],
        build: run,
        expected: () => special.map(([, y]) => y),
        differentiable: false,
        tolerance,
      },
    ],
    misuses: [
      {
        build: () => build(input("x", [2], "i32")),
        error: "ShapeError",
        message: `${name}: x must be f32, got i32`,
      },
    ],
  };
}

/** 2 / √π · e^(−x²) · Σ 2ⁿ x^(2n+1) / (2n + 1)!!: all terms of one sign, whatever x. */
function erfSeries(x: number): number {
  let term = x;
  let total = 0;
  for (let n = 0; Math.abs(term) > 1e-20 * Math.abs(total); n++) {
    total += term;
    term *= (2 * x * x) / (2 * n + 3);
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * total;
}

const both = (values: readonly (readonly [number, number])[]): (readonly [number, number])[] =>
  values.flatMap(([x, y]) => [[x, y] as const, [-x, -y] as const]);

const geluOf = (x: number): number => 0.5 * x * (1 + erfSeries(x / Math.SQRT2));
const geluTanhOf = (x: number): number =>
  0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));

function merge(first: OpEntry, ...others: readonly OpEntry[]): OpEntry {
  return { ...first, cases: [first, ...others].flatMap(({ cases }) => cases) };
}

const powerMeanOf =
  (order: number): OpCase["expected"] =>
  ([x]) =>
    rowsOf(x!).map((row) => {
      const total = row.reduce((sum, number) => sum + Math.abs(number) ** order, 0);
      return (total / row.length) ** (1 / order);
    });

const powerMeanEntry: OpEntry = {
  cases: [
    ...[1.5, 2, 3, 7].map((order): OpCase => {
      return {
        operands: [spread([5, 7])],
        build: ([x]) => powerMean(x!, [1], { order }),
        expected: powerMeanOf(order),
      };
    }),
    {
      operands: [spread([3, 1])],
      build: ([x]) => powerMean(x!, [1], { order: 2 }),
      expected: powerMeanOf(2),
    },
    {
      // Neither does 1e30² overflow nor 1e-30² vanish; of zeros the mean is 0, and its slope too.
      operands: [given([3, 2], "f32", [3e30, -4e30, 3e-30, 4e-30, 0, 0])],
      build: ([x]) => powerMean(x!, [1], { order: 2 }),
      expected: () => [Math.sqrt(12.5) * 1e30, Math.sqrt(12.5) * 1e-30, 0],
      differentiable: false,
    },
  ],
  misuses: [
    {
      build: () => powerMean(input("x", [2], "i32"), [0], { order: 2 }),
      error: "ShapeError",
      message: "power-mean: x must be f32, got i32",
    },
    {
      build: () => powerMean(input("x", [2]), [0], { order: 0.5 }),
      error: "OptionError",
      message: "power-mean: order must be at least 1, got 0.5",
    },
  ],
};

export const activationOps: Readonly<Record<string, OpEntry>> = {
  elu: merge(
    pointwise(
      (x) => elu(x, { alpha: 1 }),
      (x) => (x > 0 ? x : Math.expm1(x)),
      {
        special: [
          [0, 0],
          [100, 100],
          [1e30, 1e30],
          [Infinity, Infinity],
          [-1e30, -1],
          [NaN, NaN],
        ],
      },
    ),
    pointwise(
      (x) => elu(x, { alpha: 0.3 }),
      (x) => (x > 0 ? x : 0.3 * Math.expm1(x)),
      { special: [[-Infinity, -0.3]] },
    ),
  ),
  erf: pointwise(erf, erfSeries, {
    low: -5,
    high: 5,
    special: [
      ...both([
        [0, 0],
        [7, 1],
        [1e30, 1],
        [Infinity, 1],
      ]),
      [NaN, NaN],
    ],
  }),
  expm1: pointwise(expm1, Math.expm1, {
    special: [
      [0, 0],
      [1e-20, 1e-20],
      [-1e-20, -1e-20],
      [-1e30, -1],
      [Infinity, Infinity],
      [NaN, NaN],
    ],
  }),
  gelu: merge(
    pointwise((x) => gelu(x, { form: "erf" }), geluOf, {
      low: -6,
      high: 6,
      special: [
        [0, 0],
        [50, 50],
        [-50, 0],
        [Infinity, Infinity],
        [NaN, NaN],
      ],
    }),
    pointwise((x) => gelu(x, { form: "tanh" }), geluTanhOf, {
      low: -6,
      high: 6,
      special: [
        [0, 0],
        [50, 50],
        [-50, 0],
        [Infinity, Infinity],
        [NaN, NaN],
      ],
    }),
  ),
  "leaky-relu": pointwise(
    (x) => leakyRelu(x, { slope: 0.1 }),
    (x) => (x > 0 ? x : 0.1 * x),
    {
      special: [
        [0, 0],
        [Infinity, Infinity],
        [-Infinity, -Infinity],
        [NaN, NaN],
      ],
    },
  ),
  log1p: pointwise(log1p, Math.log1p, {
    low: -0.9,
    high: 5,
    special: [
      [0, 0],
      [1e-20, 1e-20],
      [-1, -Infinity],
      [Infinity, Infinity],
      [-2, NaN],
      [NaN, NaN],
    ],
  }),
  power: merge(
    {
      ...pointwise(
        (x) => power(x, 2.5),
        (x) => x ** 2.5,
        {
          low: 0.1,
          high: 3,
          special: [
            [0, 0],
            [1, 1],
            [Infinity, Infinity],
            [-1, NaN],
          ],
        },
      ),
      misuses: [
        {
          build: () => power(input("x", [2]), 0),
          error: "OptionError",
          message: "power: exponent must be finite and not 0, got 0",
        },
        {
          build: () => power(input("x", [2], "i32"), 2),
          error: "ShapeError",
          message: "power: x must be f32, got i32",
        },
      ],
    },
    pointwise(
      (x) => power(x, -0.75),
      (x) => x ** -0.75,
      {
        low: 0.5,
        high: 3,
        special: [
          [0, Infinity],
          [Infinity, 0],
        ],
      },
    ),
  ),
  "power-mean": powerMeanEntry,
  silu: pointwise(silu, (x) => x / (1 + Math.exp(-x)), {
    special: [
      [0, 0],
      [100, 100],
      [-100, 0],
      [Infinity, Infinity],
      [NaN, NaN],
    ],
  }),
  softplus: merge(
    pointwise(
      (x) => softplus(x, { beta: 1 }),
      (x) => Math.log1p(Math.exp(x)),
      {
        special: [
          [1e30, 1e30],
          [-50, Math.exp(-50)],
          [-1e30, 0],
          [Infinity, Infinity],
          [-Infinity, 0],
          [NaN, NaN],
        ],
      },
    ),
    pointwise(
      (x) => softplus(x, { beta: 3 }),
      (x) => Math.log1p(Math.exp(3 * x)) / 3,
      { special: [[0, Math.LN2 / 3]] },
    ),
  ),
};
