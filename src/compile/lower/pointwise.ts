/** Each pointwise primitive as lane arithmetic: the only place where ops meet the loop IR. */
import { GraphError } from "../../base/errors.ts";
import { attrsOf, type Value } from "../../graph/value.ts";
import { shiftRightOp } from "../../graph/ops/shift-right.ts";
import type { KernelBuilder } from "../../loops/builder.ts";
import { binary, div, f32, select, shift, sub, unary } from "../../loops/builder.ts";
import { typeOf, type Expr } from "../../loops/ir.ts";
import { expLanes } from "../math/exp.ts";
import { logLanes } from "../math/log.ts";
import { rsqrtLanes } from "../math/rsqrt.ts";
import { sigmoidLanes } from "../math/sigmoid.ts";
import { tanhLanes } from "../math/tanh.ts";

type Lowering = (k: KernelBuilder, operands: readonly Expr[], value: Value) => Expr;

const one =
  (make: (k: KernelBuilder, x: Expr) => Expr): Lowering =>
  (k, [x]) =>
    make(k, x!);
const two =
  (make: (x: Expr, y: Expr, value: Value) => Expr): Lowering =>
  (_, [x, y], value) =>
    make(x!, y!, value);

/** Integers share their arithmetic; only the prefix differs. */
const arithmetic = (name: "add" | "sub" | "mul"): Lowering =>
  two((x, y, { dtype }) => binary(dtype === "f32" ? `f32.${name}` : `i32.${name}`, x, y));

const comparison = (name: "lt" | "le"): Lowering =>
  two((x, y, value) => {
    const { dtype } = value.inputs[0]!;
    if (dtype === "f32") return binary(`f32.${name}`, x, y);
    return binary(dtype === "u32" ? `i32.${name}-u` : `i32.${name}-s`, x, y);
  });

const extremum = (name: "max" | "min"): Lowering =>
  two((x, y, { dtype }) => {
    if (dtype !== "f32") return binary(`i32.${name}-s`, x, y);
    // Against a constant, the one-instruction form already passes NaN on.
    if (isNumber(y)) return binary(`f32.p${name}`, x, y);
    if (isNumber(x)) return binary(`f32.p${name}`, y, x);
    return binary(`f32.${name}`, x, y);
  });

function isNumber(expr: Expr): boolean {
  return expr.kind === "const" && !Number.isNaN(expr.value);
}

const TABLE: Readonly<Record<string, Lowering>> = {
  copy: one((_, x) => x),
  neg: (_, [x], { dtype }) =>
    dtype === "f32"
      ? unary("f32.neg", x!)
      : binary("i32.sub", { kind: "const", type: "i32", lanes: typeOf(x!).lanes, value: 0 }, x!),
  abs: one((_, x) => unary("f32.abs", x)),
  floor: one((_, x) => unary("f32.floor", x)),
  sqrt: one((_, x) => unary("f32.sqrt", x)),
  rsqrt: one(rsqrtLanes),
  exp: one(expLanes),
  log: one(logLanes),
  tanh: one(tanhLanes),
  sigmoid: one(sigmoidLanes),
  add: arithmetic("add"),
  sub: arithmetic("sub"),
  mul: arithmetic("mul"),
  div: two(div),
  maximum: extremum("max"),
  minimum: extremum("min"),
  less: comparison("lt"),
  "less-equal": comparison("le"),
  equal: two((x, y, value) => binary(value.inputs[0]!.dtype === "f32" ? "f32.eq" : "i32.eq", x, y)),
  not: one((_, x) => unary("mask.not", x)),
  and: two((x, y) => binary("mask.and", x, y)),
  or: two((x, y) => binary("mask.or", x, y)),
  select: (_, [condition, ifTrue, ifFalse]) => select(condition!, ifTrue!, ifFalse!),
  "shift-right": (_, [x], value) => shift("i32.shr-u", x!, attrsOf(value, shiftRightOp).bits),
  cast: castLanes,
};

/** The lanes of `value`, given those of its operands. */
export function lowerPointwise(k: KernelBuilder, value: Value, operands: readonly Expr[]): Expr {
  const lowering = TABLE[value.op.name];
  if (lowering === undefined) {
    throw new GraphError(`lower: no lane arithmetic for op ${value.op.name}`);
  }
  return lowering(k, operands, value);
}

function castLanes(k: KernelBuilder, [x]: readonly Expr[], value: Value): Expr {
  const from = value.inputs[0]!.dtype;
  switch (value.dtype) {
    case "f32":
      if (from === "bool") return unary("f32.from-mask", x!);
      return unary(from === "u32" ? "f32.from-u32" : "f32.from-i32", x!);
    case "i32":
      return unary(from === "bool" ? "i32.from-mask" : "i32.from-f32", x!);
    case "u32":
      return from === "bool" ? unary("i32.from-mask", x!) : unsignedFromFloat(k, x!);
    default:
      throw new GraphError(`lower: no cast from ${from} to ${value.dtype}`);
  }
}

/** Saturating at 0 and 2³² − 1: the upper half is converted 2³¹ lower and put back by its sign bit. */
function unsignedFromFloat(k: KernelBuilder, x: Expr): Expr {
  const { lanes } = typeOf(x);
  const half = f32(2 ** 31, lanes);
  const positive = k.let(binary("f32.pmax", x, f32(0, lanes)));
  const upper = k.let(binary("f32.le", half, positive));
  const low = unary("i32.from-f32", positive);
  const signBit: Expr = { kind: "const", type: "i32", lanes, value: -(2 ** 31) };
  const high = binary("i32.or", unary("i32.from-f32", sub(positive, half)), signBit);
  const everything: Expr = { kind: "const", type: "i32", lanes, value: -1 };
  const tooLarge = binary("f32.le", f32(2 ** 32, lanes), positive);
  return select(tooLarge, everything, select(upper, high, low));
}
