import { describe, expect, test } from "vitest";
import { GraphError } from "../base/errors.ts";
import {
  add,
  addIndex,
  binary,
  constantIndex,
  f32,
  fma,
  i32,
  kernelBuilder,
  load,
  scaleIndex,
  select,
  shift,
  splat,
  unary,
  variableIndex,
  zeroIndex,
} from "./builder.ts";
import type { KernelBuilder } from "./builder.ts";
import { interpretKernel } from "./interpret.ts";
import type { BinaryOp, Buffer, Expr, UnaryOp } from "./ir.ts";
import { typeOf } from "./ir.ts";
import { verifyKernel } from "./verify.ts";

/** Runs a kernel that ends by storing one expression. */
function evaluate(
  build: (k: KernelBuilder) => Expr,
  memory: Map<Buffer, Float32Array | Int32Array> = new Map(),
  fused = true,
): number[] {
  const k = kernelBuilder("test");
  const value = build(k);
  const { type, lanes } = typeOf(value);
  const out = { name: "out", length: lanes };
  k.store(out, zeroIndex, value);
  const data = type === "i32" ? new Int32Array(lanes) : new Float32Array(lanes);
  const kernel = k.finish();
  verifyKernel(kernel);
  interpretKernel(kernel, new Map([...memory, [out, data]]), { fma: fused });
  return [...data];
}

test("a matrix product accumulates over loops", () => {
  const a = { name: "a", length: 6 };
  const b = { name: "b", length: 12 };
  const c = { name: "c", length: 8 };
  const k = kernelBuilder("matmul");
  k.loop("m", 0, 2, 1, (m) => {
    const sum = k.variable(f32(0, 4), "sum");
    k.loop("k", 0, 3, 1, (at) => {
      const left = splat(load(a, addIndex(scaleIndex(m, 3), at)), 4);
      k.set(
        sum,
        fma(left, load(b, scaleIndex(at, 4), { lanes: 4 }), { kind: "register", register: sum }),
      );
    });
    k.store(c, scaleIndex(m, 4), { kind: "register", register: sum });
  });
  const out = new Float32Array(8);
  const memory = new Map([
    [a, Float32Array.of(1, 2, 3, 4, 5, 6)],
    [b, Float32Array.of(1, 0, 2, 1, 0, 1, 3, 1, 1, 1, 4, 1)],
    [c, out],
  ]);
  interpretKernel(k.finish(), memory);
  expect([...out]).toEqual([4, 5, 20, 6, 10, 11, 47, 15]);
});

test("strided and partial loads fill the other lanes with 0", () => {
  const x = { name: "x", length: 10 };
  const memory = new Map([[x, Float32Array.from({ length: 10 }, (_, at) => at + 1)]]);
  const partial = load(x, constantIndex(1), { lanes: 4, stride: 3, count: 3 });
  expect(evaluate(() => partial, memory)).toEqual([2, 5, 8, 0]);
  expect(evaluate(() => load(x, constantIndex(9), { lanes: 3, stride: -4 }), memory)).toEqual([
    10, 6, 2,
  ]);
});

test("a register's value can be an index, and reads i32 bits of any view", () => {
  const rows = { name: "rows", length: 2 };
  const x = { name: "x", length: 10 };
  const memory = new Map<Buffer, Float32Array | Int32Array>([
    [rows, Int32Array.of(7, 2)],
    [x, Float32Array.from({ length: 10 }, (_, at) => at * at)],
  ]);
  const gather = (k: KernelBuilder): Expr => {
    const row = k.variable(load(rows, constantIndex(1), { type: "i32" }), "row");
    return load(x, addIndex(variableIndex(row, 2), constantIndex(1)), { lanes: 2 });
  };
  expect(evaluate(gather, memory)).toEqual([25, 36]);
});

test("lane-index counts on from its index", () => {
  expect(evaluate(() => ({ kind: "lane-index", index: constantIndex(5), lanes: 3 }))).toEqual([
    5, 6, 7,
  ]);
});

test("each operation rounds to f32", () => {
  const sum = add(f32(2 ** 24, 1), f32(1, 1));
  expect(evaluate(() => add(sum, f32(1, 1)))).toEqual([2 ** 24]);
});

test("fma rounds once, or twice when asked", () => {
  const tiny = 2 ** -12;
  const build = (): Expr => fma(f32(1 + tiny, 1), f32(1 + tiny, 1), f32(-1 - 2 * tiny, 1));
  expect(evaluate(build)).toEqual([2 ** -24]);
  expect(evaluate(build, new Map(), false)).toEqual([0]);
});

test("fma is not misled by the tie that rounding to f64 first would make", () => {
  // The product is 2⁻²⁴ − 2⁻⁶⁴; beside 1 an f64 drops the 2⁻⁶⁴ and leaves the middle of two f32.
  const left = 2 ** -24 * (1 + 2 ** -20);
  const right = 1 - 2 ** -20;
  const odd = 1 + 2 ** -23;
  expect(evaluate(() => fma(f32(left, 1), f32(right, 1), f32(odd, 1)))).toEqual([odd]);
  expect(evaluate(() => fma(f32(-left, 1), f32(right, 1), f32(odd, 1)))).toEqual([odd]);
  expect(evaluate(() => fma(f32(left, 1), f32(-right, 1), f32(-odd, 1)))).toEqual([-odd]);
});

describe.each<[UnaryOp, number, number]>([
  ["f32.neg", 0, -0],
  ["f32.abs", -2, 2],
  ["f32.sqrt", -1, NaN],
  ["f32.floor", -1.5, -2],
  ["f32.nearest", 2.5, 2],
  ["f32.nearest", 3.5, 4],
  ["f32.nearest", -0.5, -0],
  ["f32.nearest", 2 ** 23 + 1, 2 ** 23 + 1],
  ["i32.from-f32", -1.9, -1],
  ["i32.from-f32", 3e9, 2 ** 31 - 1],
  ["i32.from-f32", -Infinity, -(2 ** 31)],
  ["i32.from-f32", NaN, 0],
  ["i32.bits", -0, -(2 ** 31)],
  ["i32.bits", 1, 0x3f800000],
])("%s of %d", (op, x, expected) => {
  test(`is ${expected}`, () => {
    expect(evaluate(() => unary(op, f32(x, 2)))).toEqual([expected, expected]);
  });
});

test("conversions from i32", () => {
  expect(evaluate(() => unary("f32.from-i32", i32(-1, 1)))).toEqual([-1]);
  expect(evaluate(() => unary("f32.from-u32", i32(-1, 1)))).toEqual([2 ** 32]);
  expect(evaluate(() => unary("f32.bits", i32(0x7f800000, 1)))).toEqual([Infinity]);
});

describe.each<[BinaryOp, number, number, number]>([
  ["f32.min", 0, -0, -0],
  ["f32.min", 1, NaN, NaN],
  ["f32.max", -0, 0, 0],
  ["f32.pmin", NaN, 1, NaN],
  ["f32.pmin", 1, NaN, 1],
  ["f32.pmin", 0, -0, 0],
  ["f32.pmax", 1, 2, 2],
  ["f32.pmax", 1, NaN, 1],
  ["i32.add", 2 ** 31 - 1, 1, -(2 ** 31)],
  ["i32.mul", 0x7fffffff, 0x7fffffff, 1],
  ["i32.mul", 0x9e3779b9, 0x85ebca6b, -1055991213],
  ["i32.xor", 6, -1, -7],
  ["i32.min-s", -1, 1, -1],
])("%s of %d and %d", (op, left, right, expected) => {
  test(`is ${expected}`, () => {
    const constant = op.startsWith("f32") ? f32 : i32;
    expect(evaluate(() => binary(op, constant(left, 3), constant(right, 3)))).toEqual([
      expected,
      expected,
      expected,
    ]);
  });
});

describe.each<[BinaryOp, number, number, number]>([
  ["f32.lt", NaN, 1, 0],
  ["f32.le", 1, 1, 1],
  ["f32.eq", 0, -0, 1],
  ["f32.eq", NaN, NaN, 0],
  ["i32.lt-s", -1, 1, 1],
  ["i32.lt-u", -1, 1, 0],
  ["i32.le-u", 1, -1, 1],
  ["i32.eq", 4294967295, -1, 1],
])("%s of %d and %d", (op, left, right, expected) => {
  const constant = op.startsWith("f32") ? f32 : i32;
  test(`selects the ${expected === 1 ? "first" : "second"}`, () => {
    const mask = binary(op, constant(left, 2), constant(right, 2));
    expect(evaluate(() => select(mask, i32(1, 2), i32(0, 2)))).toEqual([expected, expected]);
    expect(evaluate(() => unary("i32.from-mask", unary("mask.not", mask)))).toEqual([
      1 - expected,
      1 - expected,
    ]);
  });
});

test("shifts", () => {
  expect(evaluate(() => shift("i32.shl", i32(-1, 1), 31))).toEqual([-(2 ** 31)]);
  expect(evaluate(() => shift("i32.shr-s", i32(-8, 1), 1))).toEqual([-4]);
  expect(evaluate(() => shift("i32.shr-u", i32(-8, 1), 1))).toEqual([2 ** 31 - 4]);
});

test("reduce combines neighbours pairwise", () => {
  const x = { name: "x", length: 5 };
  const sum = (lanes: number, ...values: number[]): number[] => {
    const memory = new Map([
      [x, Float32Array.of(...values, ...new Array<number>(5 - values.length).fill(0))],
    ]);
    return evaluate(
      () => ({ kind: "reduce", op: "f32.add", value: load(x, zeroIndex, { lanes }) }),
      memory,
    );
  };
  // Beside 2²⁴ a single 1 vanishes: in no other order do the last two survive.
  expect(sum(4, 2 ** 24, 0, 1, 1)).toEqual([2 ** 24 + 2]);
  expect(sum(5, 2 ** 24, 0, 1, 1, 2)).toEqual([2 ** 24 + 4]);
  expect(sum(3, 2 ** 24, 1, 1)).toEqual([2 ** 24]);
});

test("an access outside a buffer is refused while running", () => {
  const x = { name: "x", length: 4 };
  const memory = new Map([[x, Int32Array.of(4, 0, 0, 0)]]);
  const beyond = (k: KernelBuilder): Expr =>
    load(x, variableIndex(k.variable(load(x, zeroIndex, { type: "i32" }), "at")));
  expect(() => evaluate(beyond, memory)).toThrow(GraphError);
  expect(() => evaluate(beyond, memory)).toThrow(
    "interpretKernel: elements must lie within x, 0..3, got 4 (kernel test)",
  );
});

test("a buffer of another length is refused", () => {
  const x = { name: "x", length: 4 };
  expect(() => evaluate(() => load(x, zeroIndex), new Map([[x, new Float32Array(3)]]))).toThrow(
    "interpretKernel: x must have 4 elements, got 3 (kernel test)",
  );
  expect(() => evaluate(() => load(x, zeroIndex))).toThrow("got none");
});
