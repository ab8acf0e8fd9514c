/**
 * ONNX files: the part of the format that a network needs, as plain values and as bytes.
 *
 * Source: github.com/onnx/onnx, onnx/onnx.proto: the field numbers below are its own.
 */
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

/** Element types by their number in the format. */
export const ELEMENT_TYPES = { f32: 1, i32: 6, i64: 7, bool: 9, u32: 12 } as const;

type ElementType = keyof typeof ELEMENT_TYPES;

/** Numbers are integers; `float` marks the others. */
export type Attribute = number | readonly number[] | string | { readonly float: number };

export interface OnnxNode {
  readonly name: string;
  readonly type: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** Little-endian, row-major. */
export interface OnnxTensor {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** A name instead of a size: any, and the same wherever the name is. */
export type OnnxSize = number | string;

interface OnnxInterface {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly OnnxSize[];
}

export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  readonly inputs: readonly OnnxInterface[];
  readonly outputs: readonly OnnxInterface[];
}

/** The first opset whose reductions all take their axes as an input; of 2022. */
const OPSET = 18;
const IR_VERSION = 8;

/** The bytes of an ONNX file. */
export function encodeModel(graph: OnnxGraph): Uint8Array<ArrayBuffer> {
  const writer = new BinaryWriter();
  integer(writer, 1, IR_VERSION);
  text(writer, 2, "evenkeel");
  message(writer, 7, () => encodeGraph(writer, graph));
  message(writer, 8, () => {
    text(writer, 1, "");
    integer(writer, 2, OPSET);
  });
  return writer.finish();
}

function encodeGraph(writer: BinaryWriter, graph: OnnxGraph): void {
  for (const node of graph.nodes) message(writer, 1, () => encodeNode(writer, node));
  text(writer, 2, graph.name);
  for (const tensor of graph.initializers) message(writer, 5, () => encodeTensor(writer, tensor));
  for (const value of graph.inputs) message(writer, 11, () => encodeInterface(writer, value));
  for (const value of graph.outputs) message(writer, 12, () => encodeInterface(writer, value));
}

function encodeNode(writer: BinaryWriter, node: OnnxNode): void {
  for (const name of node.inputs) text(writer, 1, name);
  for (const name of node.outputs) text(writer, 2, name);
  text(writer, 3, node.name);
  text(writer, 4, node.type);
  for (const [name, value] of Object.entries(node.attributes)) {
    message(writer, 5, () => encodeAttribute(writer, name, value));
  }
}

function encodeAttribute(writer: BinaryWriter, name: string, value: Attribute): void {
  text(writer, 1, name);
  if (typeof value === "number") {
    integer(writer, 3, value);
    integer(writer, 20, 2);
  } else if (typeof value === "string") {
    text(writer, 4, value);
    integer(writer, 20, 3);
  } else if ("float" in value) {
    writer.tag(2, WireType.Bit32).float(value.float);
    integer(writer, 20, 1);
  } else {
    for (const element of value) integer(writer, 8, element);
    integer(writer, 20, 7);
  }
}

function encodeTensor(writer: BinaryWriter, { name, type, shape, bytes }: OnnxTensor): void {
  for (const size of shape) integer(writer, 1, size);
  integer(writer, 2, ELEMENT_TYPES[type]);
  text(writer, 8, name);
  writer.tag(9, WireType.LengthDelimited).bytes(bytes);
}

function encodeInterface(writer: BinaryWriter, { name, type, shape }: OnnxInterface): void {
  text(writer, 1, name);
  message(writer, 2, () =>
    message(writer, 1, () => {
      integer(writer, 1, ELEMENT_TYPES[type]);
      message(writer, 2, () => {
        for (const size of shape) {
          message(writer, 1, () =>
            typeof size === "number" ? integer(writer, 1, size) : text(writer, 2, size),
          );
        }
      });
    }),
  );
}

function integer(writer: BinaryWriter, field: number, value: number): void {
  writer.tag(field, WireType.Varint).int64(value);
}

function text(writer: BinaryWriter, field: number, value: string): void {
  writer.tag(field, WireType.LengthDelimited).string(value);
}

function message(writer: BinaryWriter, field: number, write: () => void): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  write();
  writer.join();
}
