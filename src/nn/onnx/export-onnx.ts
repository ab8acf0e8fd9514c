import { OptionError } from "../../base/errors.ts";
import type { Shape } from "../../base/shape.ts";
import { broadcastOp } from "../../graph/ops/broadcast.ts";
import { windowsOp } from "../../graph/ops/windows.ts";
import { isOp, type Value } from "../../graph/value.ts";
import type { Module } from "../module.ts";
import type { Weights } from "../weights.ts";
import { perAxis, type Order } from "./axis-order.ts";
import { graphWriter, type GraphWriter } from "./graph-writer.ts";
import { encodeModel, type OnnxGraph, type OnnxNode, type OnnxSize } from "./model-file.ts";
import { writePointwise } from "./pointwise.ts";
import { STRUCTURE, writeBroadcast } from "./structure.ts";
import { traceNetwork, type TracedNetwork } from "./traced-network.ts";
import { writeWindows } from "./windows.ts";

export interface OnnxOptions {
  /** Shape of one example, channels last: [784] or [28, 28, 1]. */
  readonly inputShape: Shape;
  /** Element type of the input; ids of an `embedding` may be i32. Defaults to *"f32"*. */
  readonly inputType?: "f32" | "i32";
  /** Examples per run, or any number of them. Defaults to *"any"*. */
  readonly batch?: number | "any";
  /**
   * Where the file's input and output have the channels of feature maps: [N, H, W, C] as here, or
   * [N, C, H, W] as in most ONNX files. Defaults to *"last"*.
   */
  readonly channels?: "last" | "first";
  /** Fold normalization by stored statistics into the weights before it? Defaults to *true*. */
  readonly fold?: boolean;
}

/** The names of the file's input and output. */
const [INPUT, OUTPUT] = ["input", "output"];

/**
 * The network at test as an ONNX file: normalization folded into weights where it can be, dropout
 * gone, everything that depends on weights alone computed. Opset 18.
 *
 * Shape:    input "input" [N, ...inputShape] → output "output", as `predict` gives it.
 * Numerics: agrees with `predict` to f32 roundings; sums are in the runtime's order.
 * Errors:   DataError if the weights are not the model's; ShapeError if inputs of this shape do not
 *           fit; OptionError naming the layer for what ONNX cannot express.
 */
export function exportOnnx(
  model: Module,
  weights: Weights,
  options: OnnxOptions,
): Uint8Array<ArrayBuffer> {
  checkOptions(options);
  return encodeModel(graphOf(model, weights, options));
}

function checkOptions({ batch = "any", channels = "last", inputType = "f32" }: OnnxOptions): void {
  const refuse = (rule: string, found: unknown): never => {
    throw new OptionError(`exportOnnx: ${rule}, got ${JSON.stringify(found)}`);
  };
  if (batch !== "any" && (!Number.isSafeInteger(batch) || batch < 1)) {
    refuse('batch must be a positive integer or "any"', batch);
  }
  if (channels !== "last" && channels !== "first") {
    refuse('channels must be "last" or "first"', channels);
  }
  if (inputType !== "f32" && inputType !== "i32") {
    refuse('inputType must be "f32" or "i32"', inputType);
  }
}

function graphOf(model: Module, weights: Weights, options: OnnxOptions): OnnxGraph {
  const { inputShape, inputType = "f32", batch = "any", channels = "last", fold = true } = options;
  const described = { shape: inputShape, dtype: inputType, batch, fold };
  const network = traceNetwork(model, weights, described);
  const writer = graphWriter(network, [INPUT, OUTPUT], writeLate);
  const orderOf = ({ shape }: Value): Order => (shape.length === 4 ? channels : "last");
  writer.define(network.input, orderOf(network.input), INPUT);
  for (const value of network.values) {
    if (value !== network.input && network.varies(value) && !isLate(value)) write(value, writer);
  }
  const outputOrder = orderOf(network.output);
  const result = writer.read(network.output, outputOrder);
  return {
    name: model.label,
    ...needed(writer, result),
    inputs: [describe(network.input, INPUT, orderOf(network.input), network)],
    outputs: [describe(network.output, OUTPUT, outputOrder, network)],
  };
}

/** Written where they are read: most readers do without. */
function isLate(value: Value): boolean {
  return isOp(value, broadcastOp) || isOp(value, windowsOp) || isProductOfWindows(value);
}

/** The inside of a depthwise convolution. */
function isProductOfWindows(value: Value): boolean {
  return value.op.name === "mul" && value.inputs.some((factor) => isOp(factor, windowsOp));
}

function writeLate(value: Value, writer: GraphWriter): void {
  if (isOp(value, broadcastOp)) writeBroadcast(value, writer);
  else write(value, writer);
}

function write(value: Value, writer: GraphWriter): void {
  if (writeWindows(value, writer) || writePointwise(value, writer)) return;
  const structure = STRUCTURE[value.op.name];
  if (structure === undefined) {
    throw new OptionError(
      `exportOnnx: a layer must use what ONNX has, got ${value.op.name} (${writer.network.describe(value)})`,
    );
  }
  structure(value, writer);
}

function describe(
  value: Value,
  name: string,
  order: Order,
  network: TracedNetwork,
): OnnxGraph["inputs"][number] {
  const sizes = network.sizesOf(value).map((size): OnnxSize => size ?? "batch");
  const type = value.dtype;
  return { name, type, shape: sizes.length === 4 ? perAxis(order, sizes) : sizes };
}

/** The nodes and numbers that the result needs, the result under its own name. */
function needed(
  { nodes, initializers }: GraphWriter,
  result: string,
): Pick<OnnxGraph, "nodes" | "initializers"> {
  const used = new Set([result]);
  const kept: OnnxNode[] = [];
  for (const node of nodes.toReversed()) {
    if (!node.outputs.some((name) => used.has(name))) continue;
    for (const name of node.inputs) used.add(name);
    kept.unshift(node);
  }
  const computed = nodes.some(({ outputs }) => outputs.includes(result));
  const renamed = (name: string): string => (computed && name === result ? OUTPUT : name);
  const written = kept.map((node) => ({
    ...node,
    inputs: node.inputs.map(renamed),
    outputs: node.outputs.map(renamed),
  }));
  const identity = { name: OUTPUT, type: "Identity", inputs: [result], outputs: [OUTPUT] };
  return {
    nodes: computed ? written : [...written, { ...identity, attributes: {} }],
    initializers: [...initializers.values()].filter(({ name }) => used.has(name)),
  };
}
