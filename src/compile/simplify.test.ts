import { describe, expect, test } from "vitest";
import {
  add,
  broadcastTo,
  constant,
  derivatives,
  div,
  exp,
  greater,
  input,
  less,
  matmul,
  mul,
  neg,
  not,
  pad,
  printProgram,
  reshape,
  select,
  slice,
  standardize,
  state,
  sub,
  sum,
  transpose,
  variance,
  type Value,
} from "../graph/index.ts";
import { programValues } from "../graph/value.ts";
import { differentiate } from "./differentiate.ts";
import { expand } from "./expand.ts";
import { simplify } from "./simplify.ts";

const x = input("x", [2, 3]);
const y = input("y", [2, 3]);

const simplified = (value: Value): Value =>
  simplify({ outputs: { value }, writes: [] }).outputs["value"]!;

const names = (value: Value): string[] =>
  programValues({ outputs: { value: simplified(value) }, writes: [] }).map(({ op }) => op.name);

describe("simplify drops identities", () => {
  test.each([
    ["x + 0", add(x, 0)],
    ["0 + x", add(0, x)],
    ["x − 0", sub(x, 0)],
    ["x · 1", mul(x, 1)],
    ["1 · x", mul(1, x)],
    ["x / 1", div(x, 1)],
    ["−−x", neg(neg(x))],
    ["reshape there and back", reshape(reshape(x, [6]), [2, 3])],
    ["transpose there and back", transpose(transpose(x))],
    ["a transpose that moves nothing", transpose(x, [0, 1])],
    ["a select that always takes the first", select(constant(1, [2, 3], "bool"), x, y)],
    ["a select between equals", select(greater(y, 0), x, x)],
    ["nested", mul(add(neg(neg(x)), 0), 1)],
  ])("%s", (_, value) => {
    expect(simplified(value)).toBe(x);
  });

  test("but not x · 0, which is NaN for some x", () => {
    expect(names(mul(x, 0))).toContain("mul");
  });

  test("but not x − x, which is NaN for some x", () => {
    expect(names(sub(x, x))).toContain("sub");
  });

  test("but not x / 3, whose reciprocal is not exact", () => {
    expect(names(div(x, 3))).toContain("div");
    expect(names(div(x, 4))).toContain("mul");
  });
});

describe("simplify folds constants", () => {
  test("through arithmetic, views and reductions", () => {
    const c = add(broadcastTo(constant(2, [3]), [2, 3]), 3);
    const total = sum(transpose(mul(c, 4)), [0]);
    expect(simplified(total).op.name).toBe("constant");
    expect(simplified(total)).toMatchObject({ shape: [2], attrs: { value: 60 } });
  });

  test("with IEEE's own results", () => {
    expect(simplified(div(constant(1, [2]), 0)).attrs).toMatchObject({ value: Infinity });
    expect(simplified(exp(constant(-Infinity))).attrs).toMatchObject({ value: 0 });
  });

  test("pads only with the same number", () => {
    const padded = (value: number): Value =>
      pad(constant(2, [3]), { before: [1], after: [1], value });
    expect(simplified(padded(2)).op.name).toBe("constant");
    expect(simplified(padded(0)).op.name).toBe("pad");
  });

  test("0 and −0 stay apart", () => {
    const outputs = { a: div(x, constant(0, [2, 3])), b: div(x, constant(-0, [2, 3])) };
    const result = simplify({ outputs, writes: [] });
    expect(result.outputs["a"]).not.toBe(result.outputs["b"]);
  });
});

describe("simplify rewrites", () => {
  test.each([
    ["x + (−y) to x − y", add(x, neg(y)), sub(x, y)],
    ["x − (−y) to x + y", sub(x, neg(y)), add(x, y)],
    ["−(x − y) to y − x", neg(sub(x, y)), sub(y, x)],
    ["x · −1 to −x", mul(x, -1), neg(x)],
    ["0 − x to −x", sub(0, x), neg(x)],
    ["select(¬c, x, y)", select(not(less(x, y)), x, y), select(less(x, y), y, x)],
    ["xᵀ · y", matmul(transpose(x), y), matmul(x, y, { transposeX: true })],
    [
      "xᵀ · y behind an identity",
      matmul(transpose(x, [0, 1]), y, { transposeX: true }),
      matmul(x, y, { transposeX: true }),
    ],
    ["x · yᵀ", matmul(x, transpose(y)), matmul(x, y, { transposeY: true })],
    ["(x · yᵀ)ᵀ", transpose(matmul(x, transpose(y))), matmul(y, x, { transposeY: true })],
    ["(xᵀ · y)ᵀ", transpose(matmul(transpose(x), y)), matmul(y, x, { transposeX: true })],
    ["broadcasts", broadcastTo(broadcastTo(sum(x), [3]), [2, 3]), broadcastTo(sum(x), [2, 3])],
    [
      "leading axes",
      broadcastTo(reshape(sum(x, [0]), [1, 3]), [2, 3]),
      broadcastTo(sum(x, [0]), [2, 3]),
    ],
    [
      "slices of slices",
      slice(slice(x, { start: [0, 1], end: [2, 3] }), { start: [1, 1], end: [2, 2] }),
      slice(x, { start: [1, 2], end: [2, 3] }),
    ],
    [
      "pads of pads",
      pad(pad(x, { before: [1, 0], after: [0, 0] }), { before: [1, 2], after: [0, 3] }),
      pad(x, { before: [2, 2], after: [0, 3] }),
    ],
    [
      "a transposed column to a reshape",
      transpose(sum(x, [1], { keepAxes: true })),
      reshape(sum(x, [1]), [1, 2]),
    ],
  ])("%s", (_, from, to) => {
    const print = (value: Value): string =>
      printProgram({ outputs: { value: simplified(value) }, writes: [] });
    expect(print(from)).toBe(print(to));
    expect(simplified(from)).not.toBe(from);
  });

  test("a product needed both ways round is computed once", () => {
    const product = matmul(x, transpose(y));
    const program = simplify({
      outputs: { product, transposed: transpose(product) },
      writes: [],
    });
    const products = programValues(program).filter(({ op }) => op.name === "matmul");
    expect(products).toHaveLength(1);
  });
});

describe("simplify computes equal things once", () => {
  test("whatever the order of a commutative op's operands", () => {
    expect(names(mul(add(x, y), add(y, x)))).toEqual(["input", "input", "add", "mul"]);
    expect(names(mul(sub(x, y), sub(y, x)))).toEqual(["input", "input", "sub", "sub", "mul"]);
  });

  test("attributes count, slots by identity", () => {
    const twin = { name: "w", shape: [2, 3], dtype: "f32" } as const;
    expect(names(add(sum(x, [0]), sum(x, [0])))).toEqual(["input", "sum", "add"]);
    expect(names(add(state({ ...twin }), state({ ...twin })))).toEqual(["state", "state", "add"]);
    expect(names(add(state(twin), state(twin)))).toEqual(["state", "add"]);
  });

  test("standardize, its gradient and a running variance share mean and deviation", () => {
    const data = input("data", [8, 3]);
    const loss = sum(mul(standardize(data, { axes: [0] }), input("v", [8, 3])));
    const program = simplify(
      expand(
        differentiate({
          outputs: { loss, dx: derivatives(loss, [data])[0]!, variance: variance(data, [0]) },
          writes: [],
        }),
      ),
    );
    const count = (name: string): number =>
      programValues(program).filter(({ op }) => op.name === name).length;
    expect(count("rsqrt")).toBe(1);
    // Over rows: mean, variance, mean(dy), mean(dy · y); over all: the loss.
    expect(count("sum")).toBe(5);
  });
});
