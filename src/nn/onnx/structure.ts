import { concatOp } from "../../graph/ops/concat.ts";
import { flipOp } from "../../graph/ops/flip.ts";
import { matmulOp } from "../../graph/ops/matmul.ts";
import type { ReduceAttrs } from "../../graph/ops/reduction.ts";
import { padOp, sliceOp } from "../../graph/ops/slice.ts";
import { standardizeOp } from "../../graph/ops/standardize.ts";
import { transposeOp } from "../../graph/ops/transpose.ts";
import { attrsOf, type Value } from "../../graph/value.ts";
import { axisIn, perAxis, type Order } from "./axis-order.ts";
import { normalizationOf } from "./expand.ts";
import { needsBatch, type GraphWriter } from "./graph-writer.ts";

type Write = (value: Value, writer: GraphWriter) => void;

/** "To the end", as ONNX's slices say it. */
const END = Number.MAX_SAFE_INTEGER;

/** Ops that move elements, take sums or products, or look rows up. */
export const STRUCTURE: Readonly<Record<string, Write>> = {
  argmax(value, writer) {
    const x = writer.read(value.inputs[0]!, "last");
    const index = writer.node(value, "ArgMax", [x], { axis: -1, keepdims: 0 });
    writer.define(value, "last", writer.node(value, "Cast", [index], { to: 6 }));
  },

  concat(value, writer) {
    const order = readyOrder(value.inputs, writer);
    const parts = value.inputs.map((part) => writer.read(part, order));
    const axis = axisIn(order, attrsOf(value, concatOp).axis);
    writer.define(value, order, writer.node(value, "Concat", parts, { axis }));
  },

  flip(value, writer) {
    const x = writer.read(value.inputs[0]!, "last");
    const { axes } = attrsOf(value, flipOp);
    const all = (bound: number): string => writer.integers(axes.map(() => bound));
    const inputs = [x, all(-1), all(-END), writer.integers(axes), all(-1)];
    writer.define(value, "last", writer.node(value, "Slice", inputs));
  },

  gather(value, writer) {
    const [table, ids] = value.inputs as [Value, Value];
    const [rows, width] = table.shape as [number, number];
    // One row of NaN more, for ids that are none: ONNX has no word on them.
    const nothing = writer.tensor("no-row", [1, width], "f32", new Array<number>(width).fill(NaN));
    const whole = writer.node(value, "Concat", [writer.read(table, "last"), nothing], { axis: 0 });
    const id = writer.read(ids, "last");
    const inside = writer.node(value, "And", [
      writer.node(value, "GreaterOrEqual", [id, writer.scalar(0, "i32")]),
      writer.node(value, "Less", [id, writer.scalar(rows, "i32")]),
    ]);
    const known = writer.node(value, "Where", [inside, id, writer.scalar(rows, "i32")]);
    writer.define(value, "last", writer.node(value, "Gather", [whole, known], { axis: 0 }));
  },

  "log-softmax": (value, writer) => alongChannels(value, "LogSoftmax", writer),

  matmul(value, writer) {
    const { transposeX, transposeY } = attrsOf(value, matmulOp);
    const factors = value.inputs.map((factor) => writer.read(factor, "last"));
    const attributes = { transA: Number(transposeX), transB: Number(transposeY) };
    writer.define(value, "last", writer.node(value, "Gemm", factors, attributes));
  },

  max: (value, writer) => reduce(value, "ReduceMax", writer),
  mean: (value, writer) => reduce(value, "ReduceMean", writer),

  pad(value, writer) {
    const order = readyOrder(value.inputs, writer);
    const { before, after, value: filling } = attrsOf(value, padOp);
    const amounts = [...perAxis(order, before), ...perAxis(order, after)];
    const inputs = [
      writer.read(value.inputs[0]!, order),
      writer.integers(amounts),
      writer.scalar(filling, value.dtype),
    ];
    writer.define(value, order, writer.node(value, "Pad", inputs, { mode: "constant" }));
  },

  reshape(value, writer) {
    const sizes = writer.network.sizesOf(value);
    if (sizes.filter((size) => size === null).length > 1) throw needsBatch(value, writer.network);
    const shape = writer.integers(sizes.map((size) => size ?? -1));
    const x = writer.read(value.inputs[0]!, "last");
    writer.define(value, "last", writer.node(value, "Reshape", [x, shape]));
  },

  slice(value, writer) {
    const order = readyOrder(value.inputs, writer);
    const { start, end } = attrsOf(value, sliceOp);
    const { shape } = value.inputs[0]!;
    const cut = start.flatMap((from, axis) =>
      from > 0 || end[axis]! < shape[axis]! ? [axis] : [],
    );
    const inputs = [
      writer.read(value.inputs[0]!, order),
      writer.integers(cut.map((axis) => start[axis]!)),
      writer.integers(cut.map((axis) => (end[axis]! < shape[axis]! ? end[axis]! : END))),
      writer.integers(cut.map((axis) => axisIn(order, axis))),
    ];
    writer.define(value, order, writer.node(value, "Slice", inputs));
  },

  softmax: (value, writer) => alongChannels(value, "Softmax", writer),

  standardize(value, writer) {
    const { axes, eps } = attrsOf(value, standardizeOp);
    const [x] = value.inputs as [Value];
    const epsilon = { float: eps };
    if (normalizationOf(value) === "layer") {
      const features = x.shape.slice(-axes.length);
      const ones = filled(1, features, writer);
      const attributes = { axis: -axes.length, epsilon };
      const inputs = [writer.read(x, "last"), ones];
      writer.define(value, "last", writer.node(value, "LayerNormalization", inputs, attributes));
      return;
    }
    const channels = x.shape.slice(-1);
    const affine = [filled(1, channels, writer), filled(0, channels, writer)];
    const inputs = [writer.read(x, "first"), ...affine];
    writer.define(value, "first", writer.node(value, "InstanceNormalization", inputs, { epsilon }));
  },

  sum: (value, writer) => reduce(value, "ReduceSum", writer),

  transpose(value, writer) {
    const x = writer.read(value.inputs[0]!, "last");
    const { perm } = attrsOf(value, transposeOp);
    writer.define(value, "last", writer.node(value, "Transpose", [x], { perm }));
  },
};

/** Repeats a value as far as its shape says, where no operator does that by itself. */
export function writeBroadcast(value: Value, writer: GraphWriter): void {
  const [source] = value.inputs as [Value];
  const known = writer.network.sizesOf(source);
  const sizes = writer.network.sizesOf(value);
  const lead = sizes.length - known.length;
  const shape = sizes.map((size, axis) => {
    if (size !== null) return size;
    // A size of 1 in the target leaves what is there.
    if (axis >= lead && known[axis - lead] === null) return 1;
    throw needsBatch(value, writer.network);
  });
  const inputs = [writer.read(source, "last"), writer.integers(shape)];
  writer.define(value, "last", writer.node(value, "Expand", inputs));
}

/** Channels first, if the feature maps are there in that order and in no other. */
function readyOrder(values: readonly Value[], { network, has }: GraphWriter): Order {
  const varying = values.filter((value) => network.varies(value));
  const maps = values.every(({ shape }) => shape.length === 4);
  const ready = varying.some((value) => has(value, "first") && !has(value, "last"));
  return maps && ready ? "first" : "last";
}

function alongChannels(value: Value, type: string, writer: GraphWriter): void {
  const order = readyOrder(value.inputs, writer);
  const axis = axisIn(order, value.shape.length - 1);
  const x = writer.read(value.inputs[0]!, order);
  writer.define(value, order, writer.node(value, type, [x], { axis }));
}

function reduce(value: Value, type: string, writer: GraphWriter): void {
  const { axes } = value.attrs as unknown as ReduceAttrs;
  const [x] = value.inputs as [Value];
  // Without both channels and places left, their order cannot matter.
  const eitherOrder = axes.includes(3) || (axes.includes(1) && axes.includes(2));
  const order = eitherOrder ? readyOrder([x], writer) : "last";
  const along = writer.integers(axes.map((axis) => axisIn(order, axis)));
  const inputs = [writer.read(x, order), along];
  writer.define(value, "last", writer.node(value, type, inputs, { keepdims: 0 }));
}

function filled(number: number, shape: readonly number[], writer: GraphWriter): string {
  const count = shape.reduce((size, axis) => size * axis, 1);
  const hint = number === 0 ? "zeros" : "ones";
  return writer.tensor(hint, shape, "f32", new Float64Array(count).fill(number));
}
