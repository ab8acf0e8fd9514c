import { broadcastShapes, sameShape, sizeOf } from "../../base/shape.ts";
import { broadcastOp } from "../../graph/ops/broadcast.ts";
import { castOp } from "../../graph/ops/cast.ts";
import { constantOp } from "../../graph/ops/constant.ts";
import { eluOp } from "../../graph/ops/elu.ts";
import { leakyReluOp } from "../../graph/ops/leaky-relu.ts";
import { powerOp } from "../../graph/ops/power.ts";
import { softplusOp } from "../../graph/ops/softplus.ts";
import { attrsOf, isOp, type Value } from "../../graph/value.ts";
import type { Order } from "./axis-order.ts";
import type { GraphWriter } from "./graph-writer.ts";
import { ELEMENT_TYPES } from "./model-file.ts";

/** ONNX's operator for each of our ops, where the two are the same. */
const SAME: Readonly<Record<string, string>> = {
  abs: "Abs",
  add: "Add",
  and: "And",
  div: "Div",
  equal: "Equal",
  erf: "Erf",
  exp: "Exp",
  floor: "Floor",
  less: "Less",
  "less-equal": "LessOrEqual",
  log: "Log",
  maximum: "Max",
  minimum: "Min",
  mul: "Mul",
  neg: "Neg",
  not: "Not",
  or: "Or",
  relu: "Relu",
  select: "Where",
  sigmoid: "Sigmoid",
  sqrt: "Sqrt",
  sub: "Sub",
  tanh: "Tanh",
};

type Formula = (value: Value, x: string, writer: GraphWriter) => string;

/** The others, of one operand each, as formulas. */
const FORMULAS: Readonly<Record<string, Formula>> = {
  rsqrt: (value, x, { node }) => node(value, "Reciprocal", [node(value, "Sqrt", [x])]),
  square: (value, x, { node }) => node(value, "Mul", [x, x]),
  expm1: (value, x, { node, scalar }) =>
    node(value, "Sub", [node(value, "Exp", [x]), scalar(1, "f32")]),
  log1p: (value, x, { node, scalar }) =>
    node(value, "Log", [node(value, "Add", [x, scalar(1, "f32")])]),
  elu: (value, x, { node }) =>
    node(value, "Elu", [x], { alpha: { float: attrsOf(value, eluOp).alpha } }),
  "leaky-relu": (value, x, { node }) =>
    node(value, "LeakyRelu", [x], { alpha: { float: attrsOf(value, leakyReluOp).slope } }),
  power: (value, x, { node, scalar }) =>
    node(value, "Pow", [x, scalar(attrsOf(value, powerOp).exponent, "f32")]),
  cast: (value, x, { node }) =>
    node(value, "Cast", [x], { to: ELEMENT_TYPES[attrsOf(value, castOp).dtype] }),
  softplus(value, x, { node, scalar }) {
    const { beta } = attrsOf(value, softplusOp);
    if (beta === 1) return node(value, "Softplus", [x]);
    const steep = node(value, "Softplus", [node(value, "Mul", [x, scalar(beta, "f32")])]);
    return node(value, "Div", [steep, scalar(beta, "f32")]);
  },
};

/** Writes an op that works element by element; false if it is none. */
export function writePointwise(value: Value, writer: GraphWriter): boolean {
  const same = SAME[value.op.name];
  const formula = FORMULAS[value.op.name];
  if (same === undefined && formula === undefined) return false;
  const sources = value.inputs.map(unbroadcast);
  const order = orderOf(value, sources, writer);
  // If no operand fills the result, one that varies is written in full, for any batch size.
  const full = isSpread(value, sources) ? -1 : sources.findIndex(writer.network.varies);
  const names = sources.map((source, i) =>
    operand(i === full ? value.inputs[i]! : source, order, writer),
  );
  const name =
    formula === undefined ? writer.node(value, same!, names) : formula(value, names[0]!, writer);
  writer.define(value, order, name);
  return true;
}

/** ONNX repeats operands by itself, by the rule that `broadcast` follows. */
function unbroadcast(value: Value): Value {
  return isOp(value, broadcastOp) ? unbroadcast(value.inputs[0]!) : value;
}

/** Do the operands, repeated as far as they need to be, fill the result? */
function isSpread(value: Value, sources: readonly Value[]): boolean {
  const filled = sources
    .filter((source) => !isOp(source, constantOp))
    .reduce<readonly number[]>(
      (common, { shape }) => broadcastShapes(common, shape, "exportOnnx"),
      [],
    );
  return sameShape(filled, value.shape);
}

/** Channels first if that is how the feature maps among the operands are there. */
function orderOf(value: Value, sources: readonly Value[], writer: GraphWriter): Order {
  const varying = sources.filter((source) => writer.network.varies(source));
  const maps = varying.every(({ shape }) => shape.length === 4);
  const ready = varying.some(
    (source) => writer.has(source, "first") && !writer.has(source, "last"),
  );
  return value.shape.length === 4 && maps && ready ? "first" : "last";
}

function operand(value: Value, order: Order, writer: GraphWriter): string {
  if (isOp(value, constantOp)) {
    return writer.scalar(attrsOf(value, constantOp).value, value.dtype);
  }
  const single = sizeOf(value.shape) === 1 && !writer.network.varies(value);
  return writer.read(value, single ? "last" : order);
}
