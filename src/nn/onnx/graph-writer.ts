import { OptionError } from "../../base/errors.ts";
import type { DType, Shape } from "../../base/shape.ts";
import type { Value } from "../../graph/value.ts";
import { arrange, inOrder, type Order } from "./axis-order.ts";
import type { Attribute, OnnxNode, OnnxTensor } from "./model-file.ts";
import type { TracedNetwork } from "./traced-network.ts";

/** The file while it is being written. */
export interface GraphWriter {
  readonly network: TracedNetwork;
  /** The name under which `value` can be read, its axes in the given order. */
  read(value: Value, order: Order): string;
  /** Is there a value with its channels second already, so that reading it costs nothing? */
  has(value: Value, order: Order): boolean;
  /** Says that `value` is now under a name. */
  define(value: Value, order: Order, name: string): void;
  /** Adds a node and names its output after the value that it helps to compute. */
  node(value: Value, type: string, inputs: readonly string[], attributes?: Attributes): string;
  /** A scalar of the given element type. */
  scalar(number: number, dtype: DType): string;
  /** A vector of i64, as axes and shapes are given. */
  integers(numbers: readonly number[]): string;
  tensor(hint: string, shape: Shape, dtype: DType, elements: ArrayLike<number>): string;
  /** The numbers of a value that does not vary, its axes permuted. */
  constant(value: Value, perm: readonly number[] | null): string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: ReadonlyMap<string, OnnxTensor>;
}

type Attributes = Readonly<Record<string, Attribute>>;

/** `writeLate` writes those values that are written only if someone reads them. */
export function graphWriter(
  network: TracedNetwork,
  reserved: readonly string[],
  writeLate: (value: Value, writer: GraphWriter) => void,
): GraphWriter {
  const nodes: OnnxNode[] = [];
  const names = { last: new Map<Value, string>(), first: new Map<Value, string>() };
  const unique = uniqueNames(reserved);
  const numbers = numberStore(unique);

  const writer: GraphWriter = {
    network,
    nodes,
    ...numbers,
    has: (value, order) => names[order].has(value),
    define: (value, order, name) => void names[order].set(value, name),
    read(value, order) {
      const known = names[order].get(value);
      if (known !== undefined) return known;
      const other = order === "first" ? "last" : "first";
      if (network.varies(value) && !names[other].has(value)) {
        writeLate(value, writer);
        return writer.read(value, order);
      }
      const made = network.varies(value)
        ? writer.node(value, "Transpose", [writer.read(value, other)], { perm: inOrder(order) })
        : writer.constant(value, order === "first" ? inOrder("first") : null);
      names[order].set(value, made);
      return made;
    },
    node(value, type, inputs, attributes = {}) {
      const place = network.placeOf(value);
      const name = unique(`${place === "" ? "" : `${place}/`}${type}`);
      nodes.push({ name, type, inputs, outputs: [name], attributes });
      return name;
    },
    constant(value, perm) {
      if (network.sizesOf(value).includes(null)) throw needsBatch(value, network);
      const elements = network.elementsOf(value);
      const hint = network.nameOf(value);
      if (perm === null) return numbers.tensor(hint, value.shape, value.dtype, elements);
      const lead = perm.length - value.shape.length;
      const full = [...new Array<number>(lead).fill(1), ...value.shape];
      const { shape, data } = arrange(elements, full, perm);
      return numbers.tensor(`${hint}/turned`, shape, value.dtype, data);
    },
  };
  return writer;
}

function uniqueNames(reserved: readonly string[]): (hint: string) => string {
  const taken = new Set(reserved);
  return (hint) => {
    let name = hint;
    for (let count = 2; taken.has(name); count++) name = `${hint}_${count}`;
    taken.add(name);
    return name;
  };
}

/** The file's tensors; equal scalars and vectors of integers are kept once. */
function numberStore(
  unique: (hint: string) => string,
): Pick<GraphWriter, "scalar" | "integers" | "tensor" | "initializers"> {
  const initializers = new Map<string, OnnxTensor>();
  const shared = new Map<string, string>();

  function add(hint: string, tensor: Omit<OnnxTensor, "name">): string {
    const name = unique(hint);
    initializers.set(name, { name, ...tensor });
    return name;
  }

  function once(hint: string, make: () => Omit<OnnxTensor, "name">): string {
    const name = shared.get(hint) ?? add(hint, make());
    shared.set(hint, name);
    return name;
  }

  return {
    initializers,
    scalar: (number, type) =>
      once(`scalar/${type}/${Object.is(number, -0) ? "-0" : number}`, () => {
        return { type, shape: [], bytes: bytesOf([number], type) };
      }),
    integers: (numbers) =>
      once(`integers/${numbers.join(",")}`, () => {
        const { buffer } = BigInt64Array.from(numbers, BigInt);
        return { type: "i64", shape: [numbers.length], bytes: new Uint8Array(buffer) };
      }),
    tensor: (hint, shape, type, elements) =>
      add(hint, { type, shape, bytes: bytesOf(elements, type) }),
  };
}

/** For what can be written for one batch size only. */
export function needsBatch(value: Value, { describe }: TracedNetwork): OptionError {
  return new OptionError(
    `exportOnnx: batch must be a number for a network that computes with it, got "any" (${describe(value)})`,
  );
}

function bytesOf(elements: ArrayLike<number>, dtype: DType): Uint8Array {
  if (dtype === "bool") return Uint8Array.from(elements);
  const arrays = { f32: Float32Array, i32: Int32Array, u32: Uint32Array } as const;
  return new Uint8Array(new arrays[dtype](elements).buffer);
}
