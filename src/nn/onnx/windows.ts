/** Convolution and pooling: with channels first, as ONNX has them. */
import { sameShape } from "../../base/shape.ts";
import { broadcastOp, sumOp } from "../../graph/ops/broadcast.ts";
import { concat, concatOp } from "../../graph/ops/concat.ts";
import { conv2dOp, type Conv2dAttrs } from "../../graph/ops/conv2d.ts";
import { maxPool2dOp } from "../../graph/ops/max-pool2d.ts";
import { mulOp } from "../../graph/ops/mul.ts";
import { meanOp } from "../../graph/ops/mean.ts";
import type { ReduceAttrs } from "../../graph/ops/reduction.ts";
import { padOp, sliceOp } from "../../graph/ops/slice.ts";
import { windowsOp, type Pair } from "../../graph/ops/windows.ts";
import { attrsOf, isOp, type Value } from "../../graph/value.ts";
import { arrange } from "./axis-order.ts";
import type { GraphWriter } from "./graph-writer.ts";

type Padding = Conv2dAttrs["padding"];

/** Our kernels [KH, KW, in, out] as ONNX's [out, in, KH, KW]. */
const KERNEL = [3, 2, 0, 1];

/** Writes an op over sliding windows as one operator; false if it is none. */
export function writeWindows(value: Value, writer: GraphWriter): boolean {
  if (isOp(value, conv2dOp)) {
    const [x, kernel] = value.inputs as [Value, Value];
    const weight = kernelOf(kernel, writer);
    return convolution(value, { x, weight, ...attrsOf(value, conv2dOp), groups: 1 }, writer);
  }
  if (isOp(value, maxPool2dOp)) return maxPool(value, writer);
  if (isOp(value, concatOp)) return grouped(value, writer);
  if (!isOp(value, meanOp) && !isOp(value, sumOp)) return false;
  const { axes } = value.attrs as unknown as ReduceAttrs;
  if (axes.join() !== "3,4") return false;
  return isOp(value, meanOp) ? averagePool(value, writer) : depthwise(value, writer);
}

interface Convolution extends Conv2dAttrs {
  readonly x: Value;
  /** The name of the kernels, [out, in / groups, KH, KW]. */
  readonly weight: string;
  readonly groups: number;
}

function convolution(
  value: Value,
  { x, weight, stride, dilation, padding, groups }: Convolution,
  writer: GraphWriter,
): boolean {
  if (padding.flat().some((amount) => amount < 0)) return false;
  const attributes = {
    strides: stride,
    dilations: dilation,
    pads: padsOf(padding),
    group: groups,
  };
  const name = writer.node(value, "Conv", [writer.read(x, "first"), weight], attributes);
  writer.define(value, "first", name);
  return true;
}

function padsOf([[above, below], [left, right]]: Padding): number[] {
  return [above, left, below, right];
}

function kernelOf(kernel: Value, writer: GraphWriter): string {
  if (!writer.network.varies(kernel)) return writer.constant(kernel, KERNEL);
  return writer.node(kernel, "Transpose", [writer.read(kernel, "last")], { perm: KERNEL });
}

function maxPool(value: Value, writer: GraphWriter): boolean {
  const { kernel, stride, padding } = attrsOf(value, maxPool2dOp);
  const x = writer.read(value.inputs[0]!, "first");
  const attributes = { kernel_shape: kernel, strides: stride, pads: padsOf(padding) };
  writer.define(value, "first", writer.node(value, "MaxPool", [x], attributes));
  return true;
}

function averagePool(value: Value, writer: GraphWriter): boolean {
  const seen = value.inputs[0]!;
  if (!isOp(seen, windowsOp)) return false;
  const { kernel, stride, dilation } = attrsOf(seen, windowsOp);
  if (dilation.some((step) => step !== 1)) return false;
  const { x, padding } = withoutPadding(seen.inputs[0]!);
  const attributes = {
    kernel_shape: kernel,
    strides: stride,
    pads: padsOf(padding),
    count_include_pad: 1,
  };
  const name = writer.node(value, "AveragePool", [writer.read(x, "first")], attributes);
  writer.define(value, "first", name);
  return true;
}

/** Zeros around height and width, as an operator can add them by itself. */
function withoutPadding(value: Value): { readonly x: Value; readonly padding: Padding } {
  if (isOp(value, padOp)) {
    const { before, after, value: filling } = attrsOf(value, padOp);
    const elsewhere = [before[0], before[3], after[0], after[3]];
    if (filling === 0 && elsewhere.every((amount) => amount === 0)) {
      const along = (axis: number): Pair => [before[axis]!, after[axis]!];
      return { x: value.inputs[0]!, padding: [along(1), along(2)] };
    }
  }
  const none: Pair = [0, 0];
  return { x: value, padding: [none, none] };
}

/** Σ over windows of windows · kernel, channel by channel: one kernel [KH, KW, C] for each. */
function depthwise(value: Value, writer: GraphWriter): boolean {
  const product = value.inputs[0]!;
  if (!isOp(product, mulOp)) return false;
  const [seen, repeated] = product.inputs as [Value, Value];
  if (!isOp(seen, windowsOp) || !isOp(repeated, broadcastOp)) return false;
  const kernel = repeated.inputs[0]!;
  const { kernel: size, stride, dilation } = attrsOf(seen, windowsOp);
  const channels = seen.shape.at(-1)!;
  const fits = kernel.shape.join() === [...size, channels].join();
  if (!fits || writer.network.varies(kernel)) return false;
  const { data } = arrange(writer.network.elementsOf(kernel), kernel.shape, [2, 0, 1]);
  const hint = `${writer.network.placeOf(value)}/kernel`;
  const weight = writer.tensor(hint, [channels, 1, ...size], "f32", data);
  const { x, padding } = withoutPadding(seen.inputs[0]!);
  return convolution(value, { x, weight, stride, dilation, padding, groups: channels }, writer);
}

/** Convolutions of neighbouring blocks of channels, joined: one convolution in groups. */
function grouped(value: Value, writer: GraphWriter): boolean {
  if (attrsOf(value, concatOp).axis !== 3 || value.shape.length !== 4) return false;
  const parts = value.inputs;
  const [first] = parts;
  if (first === undefined || !parts.every((part) => isOp(part, conv2dOp))) return false;
  const images = parts.map((part) => blockOf(part.inputs[0]!));
  const kernels = parts.map((part) => part.inputs[1]!);
  const attrs = attrsOf(first, conv2dOp);
  const alike = parts.every((part, i) => {
    const same = JSON.stringify(attrsOf(part, conv2dOp)) === JSON.stringify(attrs);
    return same && sameShape(kernels[i]!.shape, kernels[0]!.shape);
  });
  if (!alike || !areBlocks(images) || kernels.some(writer.network.varies)) return false;
  const blocks = kernels.map(blockOf);
  const whole = areBlocks(blocks) ? blocks[0]!.whole : concat(kernels, 3);
  const weight = kernelOf(whole, writer);
  const x = images[0]!.whole;
  return convolution(value, { x, weight, ...attrs, groups: parts.length }, writer);
}

interface Block {
  readonly whole: Value;
  readonly from: number;
  readonly to: number;
}

/** A block of channels of something; all of them if it is no slice. */
function blockOf(value: Value): Block {
  if (isOp(value, sliceOp)) {
    const { start, end } = attrsOf(value, sliceOp);
    const whole = value.inputs[0]!;
    const otherwiseAll = [0, 1, 2].every(
      (axis) => start[axis] === 0 && end[axis] === whole.shape[axis],
    );
    if (otherwiseAll) return { whole, from: start[3]!, to: end[3]! };
  }
  return { whole: value, from: 0, to: value.shape[3]! };
}

/** Are these all channels of one value, in equal blocks and in order? */
function areBlocks(blocks: readonly Block[]): boolean {
  const { whole, to } = blocks[0]!;
  return (
    to * blocks.length === whole.shape[3] &&
    blocks.every((block, i) => {
      return block.whole === whole && block.from === i * to && block.to === (i + 1) * to;
    })
  );
}
