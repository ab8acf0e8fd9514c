/** Runs ONNX files in a runtime that shares nothing with ours, and says what is in them. */
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import * as runtime from "onnxruntime-web";

runtime.env.wasm.numThreads = 1;

export interface OnnxResult {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** The file's output for one input. */
export async function runOnnx(
  bytes: Uint8Array,
  input: Float32Array | Int32Array,
  shape: readonly number[],
): Promise<OnnxResult> {
  const session = await runtime.InferenceSession.create(bytes, {
    executionProviders: ["wasm"],
    logSeverityLevel: 3,
  });
  const tensor =
    input instanceof Int32Array
      ? new runtime.Tensor("int32", input, shape)
      : new runtime.Tensor("float32", input, shape);
  const { output } = await session.run({ input: tensor });
  const result = { shape: [...output!.dims], data: output!.data as Float32Array };
  await session.release();
  return result;
}

export interface OnnxSummary {
  readonly opset: number;
  /** Operators in the file's order. */
  readonly operators: readonly string[];
  /** Shapes by name. */
  readonly tensors: Readonly<Record<string, readonly number[]>>;
  /** `[batch, 7, 6, 4]`. */
  readonly input: string;
  readonly output: string;
}

/** What a file holds, read by the field numbers of onnx.proto. */
export function summarizeOnnx(bytes: Uint8Array): OnnxSummary {
  const graph = message(message(bytes).get(7)![0]!);
  return {
    opset: Number(message(message(bytes).get(8)![0]!).get(2)![0]),
    operators: all(graph, 1).map((node) => text(node.get(4)![0]!)),
    tensors: Object.fromEntries(
      all(graph, 5).map((tensor) => [text(tensor.get(8)![0]!), (tensor.get(1) ?? []).map(Number)]),
    ),
    input: sizes(all(graph, 11)[0]!),
    output: sizes(all(graph, 12)[0]!),
  };
}

type Field = bigint | Uint8Array;
type Message = ReadonlyMap<number, readonly Field[]>;

function message(bytes: Field): Message {
  const reader = new BinaryReader(bytes as Uint8Array);
  const fields = new Map<number, Field[]>();
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    const values = fields.get(number) ?? [];
    fields.set(number, values);
    if (type === WireType.Varint) values.push(BigInt(reader.int64()));
    else if (type === WireType.LengthDelimited) values.push(reader.bytes());
    else reader.skip(type);
  }
  return fields;
}

const all = (parent: Message, field: number): Message[] => (parent.get(field) ?? []).map(message);
const text = (field: Field): string => new TextDecoder().decode(field as Uint8Array);

function sizes(value: Message): string {
  const tensor = all(all(value, 2)[0]!, 1)[0]!;
  const dimensions = all(all(tensor, 2)[0]!, 1).map((dimension) => {
    const [known] = dimension.get(1) ?? [];
    return known === undefined ? text(dimension.get(2)![0]!) : String(known);
  });
  return `[${dimensions.join(", ")}]`;
}
