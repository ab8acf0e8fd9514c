/** Op table: pointwise primitives. */
import {
  abs,
  add,
  and,
  cast,
  div,
  equal,
  exp,
  floor,
  input,
  less,
  lessEqual,
  log,
  maximum,
  minimum,
  mul,
  neg,
  not,
  or,
  rsqrt,
  select,
  shiftRight,
  sigmoid,
  sqrt,
  sub,
  tanh,
  type Operand as GraphOperand,
  type Value,
} from "../../src/graph/index.ts";
import {
  EDGE_SHAPES,
  elementwise,
  given,
  spread,
  whole,
  type OpCase,
  type OpEntry,
  type OpMisuse,
} from "./op-case.ts";

type Unary = (x: Value) => Value;
type Binary = (x: GraphOperand, y: GraphOperand) => Value;

const SPECIAL = [0, -0, 1, -1, 1e-40, 88.5, -88.5, 1e30, Infinity, -Infinity, NaN, 0.1];

function unary(build: Unary, formula: (x: number) => number, low = -2, high = 2): OpEntry {
  const name = build(input("x", [1])).op.name;
  const run: OpCase["build"] = ([x]) => build(x!);
  return {
    cases: [
      ...EDGE_SHAPES.map((shape): OpCase => {
        return { operands: [spread(shape, low, high)], build: run, expected: elementwise(formula) };
      }),
      {
        operands: [given([SPECIAL.length], "f32", SPECIAL)],
        build: run,
        expected: elementwise(formula),
        differentiable: false,
      },
    ],
    misuses: [
      {
        build: () => build(input("x", [2], "i32")),
        error: "ShapeError",
        message: `${name}: operand 0 must be f32, got i32`,
      },
    ],
  };
}

interface BinaryOptions {
  readonly integers?: boolean;
  readonly low?: number;
}

function binary(
  build: Binary,
  formula: (x: number, y: number) => number,
  { integers = false, low = -2 }: BinaryOptions = {},
): OpEntry {
  const name = build(input("x", [1]), 1).op.name;
  const run: OpCase["build"] = ([x, y]) => build(x!, y!);
  const expected = elementwise(formula);
  const special = SPECIAL.flatMap((x) => SPECIAL.map((y) => [x, y] as const));
  const bits = [0, 1, 2, 7, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];
  const pairs = bits.flatMap((x) => bits.map((y) => [x, y] as const));
  const integerCases = (["i32", "u32"] as const).map((dtype): OpCase => {
    const wrap = (word: number): number => (dtype === "i32" ? word | 0 : word >>> 0);
    const shape = [pairs.length];
    return {
      operands: [0, 1].map((side) =>
        given(
          shape,
          dtype,
          pairs.map((pair) => wrap(pair[side]!)),
        ),
      ),
      build: run,
      expected: elementwise((x, y) => {
        const exact = build === mul ? BigInt(x) * BigInt(y) : BigInt(formula(x, y));
        return Number(dtype === "i32" ? BigInt.asIntN(32, exact) : BigInt.asUintN(32, exact));
      }),
    };
  });
  const misuses: OpMisuse[] = [
    {
      build: () => build(input("x", [2, 3]), input("y", [2])),
      error: "ShapeError",
      message: `${name}: shapes do not broadcast, got [2, 3] and [2]`,
    },
    {
      build: () => build(1, 2),
      error: "OptionError",
      message: `${name}: one operand must be a tensor, got numbers only`,
    },
  ];
  return {
    cases: [
      ...EDGE_SHAPES.map((shape): OpCase => {
        return { operands: [spread(shape, low), spread(shape, low, 2, 9)], build: run, expected };
      }),
      {
        operands: [spread([3, 1, 5], low), spread([7, 1], low, 2, 9)],
        build: run,
        expected: ([x, y]) =>
          Array.from({ length: 105 }, (_, i) =>
            formula(x!.data[Math.floor(i / 35) * 5 + (i % 5)]!, y!.data[Math.floor(i / 5) % 7]!),
          ),
      },
      {
        operands: [0, 1].map((side) =>
          given(
            [144],
            "f32",
            special.map((pair) => pair[side]!),
          ),
        ),
        build: run,
        expected,
        differentiable: false,
      },
      ...(integers ? integerCases : []),
    ],
    misuses,
  };
}

/** The entry with one more case of its own kind, where the slope jumps. */
function withKink(entry: OpEntry, numbers: readonly (readonly number[])[]): OpEntry {
  const { build, expected } = entry.cases[0]!;
  const operands = numbers.map((data) => given([data.length], "f32", data));
  return { ...entry, cases: [...entry.cases, { operands, build, expected, kink: true }] };
}

const TIES = [
  [1, 2, -3, 0],
  [1, 3, -3, 0],
] as const;

const bools = [given([4], "bool", [0, 0, 1, 1]), given([4], "bool", [0, 1, 0, 1])];

const boolMisuse = (build: () => Value, name: string): OpMisuse => {
  return { build, error: "ShapeError", message: `${name}: operand 0 must be bool, got f32` };
};

const selectEntry: OpEntry = {
  cases: [
    ...EDGE_SHAPES.map((shape): OpCase => {
      return {
        operands: [whole(shape, "bool", 0, 2), spread(shape), spread(shape, -2, 2, 9)],
        build: ([condition, a, b]) => select(condition!, a!, b!),
        expected: elementwise((condition, a, b) => (condition > 0.5 ? a : b)),
      };
    }),
    {
      operands: [given([3, 1], "bool", [1, 0, 1])],
      build: ([condition]) => select(condition!, NaN, 2),
      expected: () => [NaN, 2, NaN],
      differentiable: false,
    },
    {
      operands: [given([2], "bool", [1, 0]), given([2], "u32", [7, 4294967295])],
      build: ([condition, x]) => select(condition!, 3, x!),
      expected: () => [3, 4294967295],
    },
  ],
  misuses: [
    boolMisuse(() => select(input("c", [2]), 1, 0), "select"),
    {
      build: () => select(input("c", [2], "bool"), input("a", [2]), input("b", [2], "i32")),
      error: "ShapeError",
      message: "select: element types must be equal, got f32 and i32",
    },
  ],
};

const castEntry: OpEntry = {
  cases: [
    ...EDGE_SHAPES.map((shape): OpCase => {
      return {
        operands: [whole(shape, "i32", -9, 9)],
        build: ([x]) => cast(x!, "f32"),
        expected: elementwise((x) => x),
      };
    }),
    {
      operands: [given([8], "f32", [1.9, -1.9, 3e9, -3e9, NaN, Infinity, -0.5, 7])],
      build: ([x]) => cast(x!, "i32"),
      expected: () => [1, -1, 2147483647, -2147483648, 0, 2147483647, 0, 7],
      differentiable: false,
    },
    {
      operands: [given([7], "f32", [1.9, -1.9, 3e9, 5e9, NaN, -Infinity, 7])],
      build: ([x]) => cast(x!, "u32"),
      expected: () => [1, 0, 3e9, 4294967295, 0, 0, 7],
      differentiable: false,
    },
    {
      operands: [given([2], "u32", [0, 4294967295])],
      build: ([x]) => cast(x!, "f32"),
      // Neighbours in f32 are 256 apart here; in float64 the number is itself.
      expected: () => [0, 4294967295],
    },
    ...(["f32", "i32", "u32"] as const).map((dtype): OpCase => {
      return {
        operands: [bools[1]!],
        build: ([x]) => cast(x!, dtype),
        expected: () => [0, 1, 0, 1],
      };
    }),
  ],
  misuses: [
    {
      build: () => cast(input("x", [2]), "bool"),
      error: "ShapeError",
      message: "cast: no conversion to bool from this type, got f32",
    },
    {
      build: () => cast(input("x", [2], "i32"), "u32"),
      error: "ShapeError",
      message: "cast: no conversion to u32 from this type, got i32",
    },
  ],
};

const words = given([5], "u32", [0, 1, 255, 0x80000000, 0xffffffff]);

const shiftEntry: OpEntry = {
  cases: [0, 1, 8, 31].map((bits): OpCase => {
    return {
      operands: [words],
      build: ([x]) => shiftRight(x!, bits),
      expected: elementwise((x) => Math.floor(x / 2 ** bits)),
    };
  }),
  misuses: [
    {
      build: () => shiftRight(input("x", [2], "u32"), 32),
      error: "OptionError",
      message: "shift-right: bits must be an integer in [0, 31], got 32",
    },
    {
      build: () => shiftRight(input("x", [2], "i32"), 1),
      error: "ShapeError",
      message: "shift-right: operand 0 must be u32, got i32",
    },
  ],
};

const compare = { integers: true } as const;

export const pointwiseOps: Readonly<Record<string, OpEntry>> = {
  abs: withKink(
    unary(abs, (x) => (x < 0 ? -x : x === 0 ? 0 : x)),
    [[-1, 0, 2]],
  ),
  add: binary(add, (x, y) => x + y, { integers: true }),
  and: {
    cases: [{ operands: bools, build: ([x, y]) => and(x!, y!), expected: () => [0, 0, 0, 1] }],
    misuses: [boolMisuse(() => and(input("x", [2]), input("y", [2], "bool")), "and")],
  },
  cast: castEntry,
  div: binary(div, (x, y) => x / y, { low: 0.5 }),
  equal: binary(equal, (x, y) => Number(x === y), compare),
  exp: unary(exp, (x) => Math.E ** x, -2, 2),
  floor: unary(floor, (x) => (Number.isFinite(x) ? x - (((x % 1) + 1) % 1) : x)),
  less: binary(less, (x, y) => Number(x < y), compare),
  "less-equal": binary(lessEqual, (x, y) => Number(!(x > y || [x, y].some(Number.isNaN))), compare),
  log: unary(log, (x) => Math.log2(x) * Math.LN2, 0.1, 3),
  maximum: withKink(
    binary(maximum, (x, y) => (x > y ? x : x <= y ? y : NaN)),
    TIES,
  ),
  minimum: withKink(
    binary(minimum, (x, y) => (x < y ? x : x >= y ? y : NaN)),
    TIES,
  ),
  mul: binary(mul, (x, y) => x * y, { integers: true }),
  neg: unary(neg, (x) => 0 - x),
  not: {
    cases: [{ operands: [bools[1]!], build: ([x]) => not(x!), expected: () => [1, 0, 1, 0] }],
    misuses: [boolMisuse(() => not(input("x", [2])), "not")],
  },
  or: {
    cases: [{ operands: bools, build: ([x, y]) => or(x!, y!), expected: () => [0, 1, 1, 1] }],
    misuses: [boolMisuse(() => or(input("x", [2]), input("y", [2], "bool")), "or")],
  },
  rsqrt: unary(rsqrt, (x) => (x < 0 ? NaN : x === 0 ? 1 / x : Math.pow(x, -0.5)), 0.3, 3),
  select: selectEntry,
  "shift-right": shiftEntry,
  sigmoid: unary(sigmoid, (x) => 0.5 * (1 + Math.tanh(x / 2)), -9, 9),
  sqrt: unary(sqrt, (x) => (x < 0 ? NaN : Math.pow(x, 0.5)), 0.2, 3),
  sub: binary(sub, (x, y) => x - y, { integers: true }),
  tanh: unary(tanh, (x) => (x > 20 ? 1 : x < -20 ? -1 : Math.expm1(2 * x) / (Math.exp(2 * x) + 1))),
};
