/**
 * NumPy's array files. Only plain numbers are read: what NumPy would unpickle is refused, so nothing
 * in a file is ever executed.
 *
 * Source: NumPy Enhancement Proposal 1, "A simple file format for NumPy arrays".
 */
import { unzipSync } from "fflate";
import { DataError } from "../../base/errors.ts";
import { sizeOf } from "../../base/shape.ts";

export interface NpyArray {
  readonly shape: readonly number[];
  /** Row-major. */
  readonly values: Float64Array;
}

type Reader = (view: DataView, at: number, little: boolean) => number;

/** Kinds of numbers by NumPy's letter and size. */
const readers: Readonly<Record<string, Reader>> = {
  f2: (view, at, little) => half(view.getUint16(at, little)),
  f4: (view, at, little) => view.getFloat32(at, little),
  f8: (view, at, little) => view.getFloat64(at, little),
  i1: (view, at) => view.getInt8(at),
  i2: (view, at, little) => view.getInt16(at, little),
  i4: (view, at, little) => view.getInt32(at, little),
  i8: (view, at, little) => Number(view.getBigInt64(at, little)),
  u1: (view, at) => view.getUint8(at),
  u2: (view, at, little) => view.getUint16(at, little),
  u4: (view, at, little) => view.getUint32(at, little),
  u8: (view, at, little) => Number(view.getBigUint64(at, little)),
  b1: (view, at) => view.getUint8(at),
};

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** Errors: DataError naming file and offset for anything but a whole array of numbers. */
export function parseNpy(bytes: Uint8Array, file: string, maxCells: number): NpyArray {
  const refuse = (rule: string, got: string): never => {
    throw new DataError(`${file}: must ${rule}, got ${got}`);
  };
  if (bytes.length < 12 || MAGIC.some((byte, i) => bytes[i] !== byte)) {
    refuse("begin as NumPy's files do", `${bytes.length} bytes that do not`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const wide = view.getUint8(6) >= 2;
  const start = wide ? 12 : 10;
  const end = start + (wide ? view.getUint32(8, true) : view.getUint16(8, true));
  if (end > bytes.length) refuse(`have a header up to offset ${end}`, `the end at ${bytes.length}`);
  const header = new TextDecoder("latin1").decode(bytes.subarray(start, end));
  const type = /'descr'\s*:\s*'([<>|=])([a-zA-Z]\d+)'/.exec(header);
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(header);
  const sizes = /'shape'\s*:\s*\(([\d\s,]*)\)/.exec(header);
  const read = type === null ? undefined : readers[type[2]!];
  if (type === null || read === undefined || order === null || sizes === null) {
    return refuse("hold plain numbers", `the header ${header.trim().slice(0, 100)}`);
  }
  const shape = sizes[1]!.split(",").flatMap((size) => (size.trim() === "" ? [] : [Number(size)]));
  const count = sizeOf(shape);
  if (!(count >= 1 && count <= maxCells)) {
    refuse(`hold 1 to ${maxCells} numbers`, `shape (${shape.join(", ")})`);
  }
  const width = Number(type[2]!.slice(1));
  if (bytes.length !== end + count * width) {
    refuse(
      `end at offset ${end + count * width} (shape (${shape.join(", ")}))`,
      `the end at ${bytes.length}`,
    );
  }
  const little = type[1] !== ">";
  const stored = Float64Array.from({ length: count }, (_, i) =>
    read(view, end + i * width, little),
  );
  return { shape, values: order[1] === "True" ? rowMajor(stored, shape) : stored };
}

/** From the first axis running fastest to the last. */
function rowMajor(stored: Float64Array, shape: readonly number[]): Float64Array {
  const values = new Float64Array(stored.length);
  const place = shape.map(() => 0);
  for (let from = 0; from < stored.length; from++) {
    let to = 0;
    for (const [axis, size] of shape.entries()) to = to * size + place[axis]!;
    values[to] = stored[from]!;
    for (let axis = 0; axis < shape.length && ++place[axis]! === shape[axis]; axis++) {
      place[axis] = 0;
    }
  }
  return values;
}

/** IEEE 754 binary16: 1 sign, 5 exponent, 10 fraction bits. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  return exponent === 0
    ? sign * fraction * 2 ** -24
    : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** The arrays of an NPZ file by name. Errors: DataError as `parseNpy`, or for a damaged archive. */
export function parseNpz(bytes: Uint8Array, file: string, maxCells: number): Map<string, NpyArray> {
  let total = 0;
  let parts: Readonly<Record<string, Uint8Array>>;
  try {
    parts = unzipSync(bytes, {
      filter({ name, originalSize }) {
        // Said before anything is unpacked: a small archive can claim any size.
        total += originalSize;
        return name.endsWith(".npy") && total <= 8 * maxCells;
      },
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DataError(`${file}: must be a whole NPZ file, got ${reason}`, { cause });
  }
  if (total > 8 * maxCells) {
    throw new DataError(`${file}: must unpack to at most ${8 * maxCells} bytes, got ${total}`);
  }
  const arrays = Object.entries(parts).map(([name, part]) => {
    const array = name.slice(0, -".npy".length);
    return [array, parseNpy(part, `${file}: ${array}`, maxCells)] as const;
  });
  if (arrays.length > 0) return new Map(arrays);
  throw new DataError(`${file}: must hold at least one array, got none`);
}
