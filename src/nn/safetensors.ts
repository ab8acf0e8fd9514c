/**
 * Weight files in the safetensors format: a length, a JSON header, raw little-endian numbers.
 * Nothing in such a file can be executed.
 */
import { DataError } from "../base/errors.ts";
import { sizeOf } from "../base/shape.ts";
import { readHeader, type TensorEntry } from "./safetensors-header.ts";
import type { Tensor, Weights } from "./weights.ts";

export interface WeightFile {
  readonly weights: Weights;
  readonly metadata: Readonly<Record<string, string>>;
}

const DTYPES = { f32: "F32", i32: "I32", u32: "U32" } as const;

/** The bytes of a safetensors file, tensors in the order given, the data section 8-byte aligned. */
export function writeSafetensors(
  weights: Weights,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const entries: [string, unknown][] = [];
  if (Object.keys(metadata).length > 0) entries.push(["__metadata__", metadata]);
  let size = 0;
  for (const [name, { shape, dtype, data }] of weights) {
    if (name === "__metadata__") {
      throw new DataError(
        `writeSafetensors: a tensor's name must not be the format's, got ${name}`,
      );
    }
    if (data.length !== sizeOf(shape)) {
      const expected = `${sizeOf(shape)} values for its shape`;
      throw new DataError(`writeSafetensors: "${name}" must have ${expected}, got ${data.length}`);
    }
    const end = size + 4 * data.length;
    entries.push([name, { dtype: DTYPES[dtype], shape, data_offsets: [size, end] }]);
    size = end;
  }
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const dataStart = Math.ceil((8 + text.length) / 8) * 8;
  const bytes = new Uint8Array(dataStart + size);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(dataStart - 8), true);
  bytes.fill(0x20, 8, dataStart);
  bytes.set(text, 8);
  let at = dataStart;
  for (const { data } of weights.values()) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

/**
 * Reads a safetensors file. F16, BF16 and F64 become f32, I64 becomes i32; other integers stay what
 * they are.
 *
 * Errors: DataError for anything a well-formed file cannot be (see `readHeader`), or an I64 that
 *         does not fit an i32.
 */
export function readSafetensors(bytes: Uint8Array, where = "safetensors"): WeightFile {
  const { entries, metadata, dataStart } = readHeader(bytes, where);
  const data = bytes.subarray(dataStart);
  return {
    metadata,
    weights: new Map(entries.map((entry) => [entry.name, readTensor(entry, data, where)])),
  };
}

function readTensor(entry: TensorEntry, section: Uint8Array, where: string): Tensor {
  const { dtype, shape, begin, end } = entry;
  // A copy: the file may start anywhere in its buffer, typed arrays only at multiples of 4. Not by
  // `slice`: of a Node Buffer, as `readFile` gives it, that is a view.
  const copy = new Uint8Array(section.subarray(begin, end));
  if (dtype === "I32") return { shape, dtype: "i32", data: new Int32Array(copy.buffer) };
  if (dtype === "U32") return { shape, dtype: "u32", data: new Uint32Array(copy.buffer) };
  if (dtype === "F32") return { shape, dtype: "f32", data: new Float32Array(copy.buffer) };
  if (dtype === "I64") {
    const data = narrow(new BigInt64Array(copy.buffer), `${where}: "${entry.name}"`);
    return { shape, dtype: "i32", data };
  }
  return { shape, dtype: "f32", data: WIDEN[dtype](new DataView(copy.buffer)) };
}

/** Counters are I64 in PyTorch's files, and small. */
function narrow(values: BigInt64Array, who: string): Int32Array<ArrayBuffer> {
  return Int32Array.from(values, (value) => {
    const small = BigInt.asIntN(32, value);
    if (small === value) return Number(small);
    throw new DataError(`${who} must hold integers of 32 bits, got ${value}`);
  });
}

/** Other floating formats to f32, element by element. */
const WIDEN = {
  F64: (view) => widen(view, 8, (at) => view.getFloat64(at, true)),
  F16: (view) => widen(view, 2, (at) => halfToNumber(view.getUint16(at, true))),
  BF16: (view) => widen(view, 2, (at) => bitsToNumber(view.getUint16(at, true) << 16)),
} as const satisfies Record<string, (view: DataView) => Float32Array<ArrayBuffer>>;

function widen(
  view: DataView,
  bytes: number,
  element: (at: number) => number,
): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: view.byteLength / bytes }, (_, i) => element(i * bytes));
}

function bitsToNumber(bits: number): number {
  return new Float32Array(Uint32Array.of(bits).buffer)[0]!;
}

/** IEEE 754 binary16: 1 sign, 5 exponent, 10 fraction bits. */
function halfToNumber(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}
