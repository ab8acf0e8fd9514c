import { describe, expect, test } from "vitest";
import { GraphError } from "../base/errors.ts";
import {
  add,
  addIndex,
  binary,
  constantIndex,
  f32,
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
import type { Expr, LaneType, Register, Stmt } from "./ir.ts";
import { verifyKernel } from "./verify.ts";

const x = { name: "x", length: 16 };
const i = { name: "i" };
const read = (register: Register): Expr => ({ kind: "register", register });
const register = (name: string, type: LaneType = "f32", lanes = 4): Register => ({
  name,
  type,
  lanes,
});
const set = (target: Register, value: Expr): Stmt => ({ kind: "set", register: target, value });
const loop = (from: number, to: number, step: number, ...body: Stmt[]): Stmt => ({
  kind: "for",
  variable: i,
  from,
  to,
  step,
  body,
});
const store = (value: Expr, index = zeroIndex, count = 1): Stmt => ({
  kind: "store",
  buffer: x,
  index,
  value,
  count,
});

function refusal(...body: Stmt[]): string {
  try {
    verifyKernel({ name: "k", body });
  } catch (error) {
    return error instanceof GraphError ? error.message : `not a GraphError: ${String(error)}`;
  }
  return "accepted";
}

test("a kernel that touches the last element is accepted", () => {
  const k = kernelBuilder("sum");
  const sum = k.variable(f32(0, 4), "sum");
  k.loop("i", 0, 16, 8, (at) => {
    k.set(sum, add(read(sum), load(x, at, { lanes: 4, stride: 2 })));
    k.set(sum, add(read(sum), load(x, addIndex(at, constantIndex(7)), { lanes: 4, stride: -2 })));
    k.set(sum, add(read(sum), load(x, addIndex(at, constantIndex(5)), { lanes: 4, count: 3 })));
  });
  k.store(x, constantIndex(14), read(sum), 2);
  const row = k.variable(load(x, zeroIndex, { type: "i32" }), "row");
  k.store(x, scaleIndex(variableIndex(row), 1000), f32(1, 1));
  expect(() => verifyKernel(k.finish())).not.toThrow();
});

test("a register set inside a loop stays set after it", () => {
  const t = register("t");
  expect(refusal(loop(0, 4, 1, set(t, f32(1, 4))), store(read(t)))).toBe("accepted");
});

test("the message names kernel, path and statement", () => {
  const t = register("t", "f32", 1);
  expect(refusal(set(t, f32(0, 1)), loop(0, 17, 1, store(read(t), variableIndex(i))))).toBe(
    "verifyKernel: elements must lie within x, 0..15, got 0..16 (kernel k, statement 1.0: x[i] = t)",
  );
});

const t = register("t");
const scalar = f32(1, 1);
const accumulate = set(t, add(read(t), f32(1, 4)));

describe.each<[string, RegExp, Stmt[]]>([
  ["reading an unset register", /set before it is read, got t/, [store(read(t))]],
  ["reading before setting in a loop", /set before it is read/, [loop(0, 2, 1, accumulate)]],
  ["a register of another type", /the value must be f32x4, got i32x4 1i/, [set(t, i32(1, 4))]],
  [
    "other lanes",
    /right operand of f32.add must be f32x4, got f32 1/,
    [set(t, add(f32(1, 4), scalar))],
  ],
  [
    "a wrong operand type",
    /operand of i32.bits must be f32x4/,
    [set(t, unary("f32.bits", unary("i32.bits", i32(1, 4))))],
  ],
  [
    "an f32 as mask",
    /mask of select must be maskx4/,
    [set(t, select(f32(1, 4), f32(1, 4), f32(0, 4)))],
  ],
  [
    "unlike choices",
    /second choice of select must be f32x4, got i32x4/,
    [set(t, select(binary("f32.eq", f32(1, 4), f32(1, 4)), f32(1, 4), i32(0, 4)))],
  ],
  [
    "splatting a vector",
    /splat's value must be f32, got f32x2/,
    [set(t, splat(splat(load(x, zeroIndex), 2), 4))],
  ],
  ["a long shift", /0 to 31 bits, got 32/, [store(shift("i32.shl", i32(1, 1), 32))]],
  ["storing a mask", /lives in registers only/, [store(binary("f32.lt", scalar, scalar))]],
  ["storing more than there is", /1 to 1 \(the lanes\), got 2/, [store(scalar, zeroIndex, 2)]],
  [
    "loading nothing",
    /1 to 4 \(the lanes\), got 0/,
    [set(t, load(x, zeroIndex, { lanes: 4, count: 0 }))],
  ],
  ["half a step", /whole steps, got 10 by 4/, [loop(0, 10, 4, store(scalar))]],
  ["an empty loop", /run at least once, got 3..3/, [loop(3, 3, 1)]],
  ["a loop that stands still", /at least 1, got 0/, [loop(0, 3, 0)]],
  ["fractional bounds", /must be integers, got 0, 1.5, 1/, [loop(0, 1.5, 1)]],
  ["one variable twice", /got i twice/, [loop(0, 2, 1, loop(0, 2, 1, store(scalar)))]],
  [
    "a dead loop variable",
    /variables that are live, got i/,
    [loop(0, 2, 1, store(scalar)), store(scalar, variableIndex(i))],
  ],
  [
    "an f32 register as index",
    /must be i32, got f32x4 t/,
    [set(t, f32(1, 4)), store(scalar, variableIndex(t))],
  ],
  [
    "an unset register as index",
    /set before it is read, got n/,
    [store(scalar, variableIndex(register("n", "i32", 1)))],
  ],
  [
    "a fractional coefficient",
    /coefficient must be an integer, got 0.5/,
    [loop(0, 2, 1, store(scalar, variableIndex(i, 0.5)))],
  ],
  ["a load below 0", /got -1..2/, [set(t, load(x, constantIndex(-1), { lanes: 4 }))]],
  ["a stride too far", /got 4..16/, [set(t, load(x, constantIndex(4), { lanes: 4, stride: 4 }))]],
  ["a store's tail", /got 13..16/, [set(t, f32(1, 4)), store(read(t), constantIndex(13), 4)]],
  [
    "falling indices",
    /got -1..3/,
    [loop(0, 5, 1, store(scalar, addIndex(variableIndex(i, -1), constantIndex(3))))],
  ],
  [
    "two registers of one name",
    /must not share a name, got t/,
    [set(t, f32(1, 4)), set(register("t"), f32(1, 4))],
  ],
  ["a large i32 constant", /integer of 32 bits, got 4294967296/, [store(i32(2 ** 32, 1))]],
])("%s", (_, rule, body) => {
  test("is refused", () => {
    expect(refusal(...body)).toMatch(rule);
  });
});
