/**
 * The IDX format of the MNIST files: magic `00 00 type rank`, `rank` sizes as big-endian u32,
 * then the elements, big-endian, row-major, to the end of the file.
 *
 * Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database", section "File formats".
 */
import { DataError } from "../base/errors.ts";

export type IdxElements =
  | Uint8Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Float32Array
  | Float64Array;

export interface IdxArray {
  readonly dims: readonly number[];
  /** Bytes are a view of the file; wider elements are a copy in the machine's own order. */
  readonly elements: IdxElements;
}

/** Element types by their code, the third byte of a file. */
const elementTypes: Readonly<
  Record<number, { readonly bytes: number; readonly read: ElementReader }>
> = {
  0x08: { bytes: 1, read: (view, count) => new Uint8Array(view.buffer, view.byteOffset, count) },
  0x09: { bytes: 1, read: (view, count) => new Int8Array(view.buffer, view.byteOffset, count) },
  0x0b: {
    bytes: 2,
    read: (view, count) => Int16Array.from({ length: count }, (_, i) => view.getInt16(2 * i)),
  },
  0x0c: {
    bytes: 4,
    read: (view, count) => Int32Array.from({ length: count }, (_, i) => view.getInt32(4 * i)),
  },
  0x0d: {
    bytes: 4,
    read: (view, count) => Float32Array.from({ length: count }, (_, i) => view.getFloat32(4 * i)),
  },
  0x0e: {
    bytes: 8,
    read: (view, count) => Float64Array.from({ length: count }, (_, i) => view.getFloat64(8 * i)),
  },
};

type ElementReader = (view: DataView, count: number) => IdxElements;

/**
 * Reads one IDX file, uncompressed.
 *
 * Errors: DataError naming `file`, the offset, what was expected there and what was found, for a
 *         wrong magic, an unknown element type, and a length that differs from the header's sizes.
 */
export function parseIdx(bytes: Uint8Array, file: string): IdxArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4) {
    refuse(file, bytes.length, "at least 4 bytes of magic number", `${bytes.length} bytes in all`);
  }
  if (view.getUint16(0) !== 0) {
    refuse(file, 0, "00 00, as every IDX file begins", hex(bytes.subarray(0, 2)) + gzipHint(bytes));
  }
  const type = elementTypes[view.getUint8(2)];
  if (type === undefined) {
    refuse(file, 2, "an element type of 08, 09, 0b, 0c, 0d or 0e", hex(bytes.subarray(2, 3)));
  }
  const rank = view.getUint8(3);
  if (rank === 0) refuse(file, 3, "at least one axis", "0 axes");
  const start = 4 + 4 * rank;
  if (bytes.length < start) {
    refuse(file, bytes.length, `${rank} axis sizes up to offset ${start}`, "the end of the file");
  }
  const dims = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const count = dims.reduce((product, size) => product * size, 1);
  const expected = start + count * type.bytes;
  if (bytes.length !== expected) {
    const sizes = dims.join(" x ");
    refuse(
      file,
      bytes.length,
      `the end of the file at ${expected} (sizes ${sizes})`,
      `it at ${bytes.length}`,
    );
  }
  return { dims, elements: type.read(new DataView(view.buffer, view.byteOffset + start), count) };
}

/** Throws the DataError of a damaged file; every such message has the same four parts. */
export function refuse(file: string, offset: number, expected: string, found: string): never {
  throw new DataError(`${file}: at offset ${offset}, expected ${expected}, found ${found}`);
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}

function gzipHint(bytes: Uint8Array): string {
  return bytes[0] === 0x1f && bytes[1] === 0x8b ? " (a gzip file: unpack it first)" : "";
}
