/** Ops with a kernel of their own: padding and gathering rows. */
import { GraphError } from "../../base/errors.ts";
import { stridesOf } from "../../base/shape.ts";
import { attrsOf, isOp, type Value } from "../../graph/value.ts";
import { gatherOp } from "../../graph/ops/gather.ts";
import { padOp } from "../../graph/ops/pad.ts";
import {
  addIndex,
  binary,
  constantIndex,
  f32,
  i32,
  kernelBuilder,
  load,
  scaleIndex,
  select,
  splat,
  variableIndex,
  type KernelBuilder,
} from "../../loops/builder.ts";
import type { Expr, Index, Kernel } from "../../loops/ir.ts";
import { accessOf } from "../access.ts";
import type { SingleGroup } from "../groups.ts";
import type { LowerContext } from "./context.ts";
import { rangeOf } from "./share.ts";

export function lowerSingle(group: SingleGroup, name: string, context: LowerContext): Kernel {
  const node = group.nodes[0]!;
  if (isOp(node, padOp)) return lowerPad(node, name, context);
  if (isOp(node, gatherOp)) return lowerGather(node, name, context);
  throw new GraphError(`lower: no kernel for op ${node.op.name}`);
}

function laneType(value: Value): "f32" | "i32" {
  return value.dtype === "f32" ? "f32" : "i32";
}

/** Nothing is added along the first axis, so its shares are apart. */
export function canSharePad(node: Value): boolean {
  const { before, after } = attrsOf(node, padOp);
  return node.shape.length > 1 && before[0] === 0 && after[0] === 0;
}

/** Fills the whole with the padding, then copies the middle. */
function lowerPad(node: Value, name: string, context: LowerContext): Kernel {
  const k = kernelBuilder(name);
  const { before, value } = attrsOf(node, padOp);
  const target = context.bufferOf(node);
  const filling: Expr = { kind: "const", type: laneType(node), lanes: context.lanes, value };
  const x = node.inputs[0]!;
  const { root, strides, offset } = accessOf(x);
  const into = stridesOf(node.shape);
  const range = canSharePad(node)
    ? rangeOf(x.shape[0]!, 1, context.share)
    : { from: 0, to: x.shape[0] ?? 1 };
  const [first, end] = canSharePad(node)
    ? [range.from * into[0]!, range.to * into[0]!]
    : [0, target.length];
  vectors(k, end - first, context.lanes, (at, count) => {
    k.store(target, addIndex(constantIndex(first), at), filling, count);
  });
  const start = before.reduce((sum, amount, axis) => sum + amount * into[axis]!, 0);
  const copyFrom = (axis: number, from: Index, to: Index): void => {
    const size = x.shape[axis] ?? 1;
    if (axis < x.shape.length - 1) {
      const { from: low, to: high } = axis === 0 ? range : { from: 0, to: size };
      k.loop("i", low, high, 1, (at) => {
        const next = addIndex(from, scaleIndex(at, strides[axis]!));
        copyFrom(axis + 1, next, addIndex(to, scaleIndex(at, into[axis]!)));
      });
      return;
    }
    const stride = strides[axis] ?? 1;
    vectors(k, size, context.lanes, (at, count) => {
      const index = addIndex(from, scaleIndex(at, stride));
      const options = { type: laneType(node), lanes: context.lanes, stride, count } as const;
      const source =
        stride === 0
          ? splat(load(context.bufferOf(root), index, { type: laneType(node) }), context.lanes)
          : load(context.bufferOf(root), index, options);
      k.store(target, addIndex(to, at), source, count);
    });
  };
  copyFrom(0, constantIndex(offset), constantIndex(start));
  return k.finish();
}

/** A row per id; NaN for an id that names no row, so that a bad label cannot pass unnoticed. */
function lowerGather(node: Value, name: string, context: LowerContext): Kernel {
  const k = kernelBuilder(name);
  const [table, ids] = node.inputs.map((input) => accessOf(input));
  const [rows, width] = [node.shape[0]!, node.shape[1]!];
  const last = node.inputs[0]!.shape[0]! - 1;
  const { lanes } = context;
  k.loop("n", 0, rows, 1, (at) => {
    const place = addIndex(constantIndex(ids!.offset), scaleIndex(at, ids!.strides[0]!));
    const id = k.let(load(context.bufferOf(ids!.root), place, { type: "i32" }), "id");
    const clamped = binary("i32.min-s", binary("i32.max-s", id, i32(0, 1)), i32(last, 1));
    const row = k.variable(clamped, "row");
    const valid = k.let(binary("i32.eq", id, { kind: "register", register: row }), "valid");
    const inTable = k.let(splat(valid, lanes), "valid");
    vectors(k, width, lanes, (column, count) => {
      const index = addIndex(
        addIndex(constantIndex(table!.offset), variableIndex(row, table!.strides[0])),
        scaleIndex(column, table!.strides[1]!),
      );
      const stride = table!.strides[1]!;
      const buffer = context.bufferOf(table!.root);
      const elements =
        stride === 0
          ? splat(load(buffer, index), lanes)
          : load(buffer, index, { lanes, count, stride });
      const target = addIndex(scaleIndex(at, width), column);
      k.store(context.bufferOf(node), target, select(inTable, elements, f32(NaN, lanes)), count);
    });
  });
  return k.finish();
}

function vectors(
  k: KernelBuilder,
  size: number,
  lanes: number,
  body: (at: Index, count: number) => void,
): void {
  const whole = size - (size % lanes);
  k.loop("c", 0, whole, lanes, (at) => body(at, lanes));
  if (whole < size) body(constantIndex(whole), size - whole);
}
