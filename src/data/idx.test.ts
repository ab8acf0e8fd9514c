import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DataError } from "../base/errors.ts";
import { parseIdx } from "./idx.ts";

/** An IDX file of bytes with these sizes, its elements counting up. */
function idxFile(dims: readonly number[], type = 0x08, elementBytes = 1): Uint8Array {
  const count = dims.reduce((product, size) => product * size, 1);
  const bytes = new Uint8Array(4 + 4 * dims.length + count * elementBytes);
  const view = new DataView(bytes.buffer);
  view.setUint8(2, type);
  view.setUint8(3, dims.length);
  dims.forEach((size, axis) => view.setUint32(4 + 4 * axis, size));
  for (let i = 4 + 4 * dims.length; i < bytes.length; i++) bytes[i] = i % 251;
  return bytes;
}

describe("parseIdx", () => {
  test("reads sizes and elements, wherever the file lies in its buffer", () => {
    const file = idxFile([2, 3]);
    const moved = new Uint8Array(file.length + 3).subarray(3);
    moved.set(file);
    const { dims, elements } = parseIdx(moved, "f");
    expect(dims).toEqual([2, 3]);
    expect([...elements]).toEqual([12, 13, 14, 15, 16, 17]);
  });

  test.each([
    [0x09, 1, [-1, 2], Int8Array, (view: DataView, at: number, x: number) => view.setInt8(at, x)],
    [
      0x0b,
      2,
      [-300, 2],
      Int16Array,
      (view: DataView, at: number, x: number) => view.setInt16(at, x),
    ],
    [
      0x0c,
      4,
      [-70000, 2],
      Int32Array,
      (view: DataView, at: number, x: number) => view.setInt32(at, x),
    ],
    [
      0x0d,
      4,
      [-0.5, 2],
      Float32Array,
      (view: DataView, at: number, x: number) => view.setFloat32(at, x),
    ],
    [
      0x0e,
      8,
      [0.1, 1e300],
      Float64Array,
      (view: DataView, at: number, x: number) => view.setFloat64(at, x),
    ],
  ] as const)("reads big-endian elements of type %i", (type, bytes, values, kind, write) => {
    const file = idxFile([2], type, bytes);
    values.forEach((value, i) => write(new DataView(file.buffer), 8 + i * bytes, value));
    const { elements } = parseIdx(file, "f");
    expect(elements).toBeInstanceOf(kind);
    expect([...elements]).toEqual(values);
  });

  const good = idxFile([2, 3]);
  const changed = (at: number, value: number): Uint8Array => {
    const bytes = good.slice();
    bytes[at] = value;
    return bytes;
  };
  test.each([
    [
      "nothing",
      new Uint8Array(0),
      "f: at offset 0, expected at least 4 bytes of magic number, found 0 bytes in all",
    ],
    [
      "a wrong magic",
      changed(0, 0x50),
      "f: at offset 0, expected 00 00, as every IDX file begins, found 50 00",
    ],
    [
      "a gzip file",
      Uint8Array.of(0x1f, 0x8b, 8, 0),
      "f: at offset 0, expected 00 00, as every IDX file begins, found 1f 8b (a gzip file: unpack it first)",
    ],
    [
      "an unknown type",
      changed(2, 0x0a),
      "f: at offset 2, expected an element type of 08, 09, 0b, 0c, 0d or 0e, found 0a",
    ],
    ["no axes", changed(3, 0), "f: at offset 3, expected at least one axis, found 0 axes"],
    [
      "a header cut short",
      good.subarray(0, 10),
      "f: at offset 10, expected 2 axis sizes up to offset 12, found the end of the file",
    ],
    [
      "a truncated body",
      good.subarray(0, 17),
      "f: at offset 17, expected the end of the file at 18 (sizes 2 x 3), found it at 17",
    ],
    [
      "a flipped bit in a size",
      changed(7, 3),
      "f: at offset 18, expected the end of the file at 21 (sizes 3 x 3), found it at 18",
    ],
    [
      "a flipped high bit in a size",
      changed(4, 0x80),
      "f: at offset 18, expected the end of the file at 6442450962 (sizes 2147483650 x 3), found it at 18",
    ],
  ])("refuses %s, naming file, offset, expected and found", (_, bytes, message) => {
    expect(() => parseIdx(bytes, "f")).toThrow(new DataError(message));
  });

  test("gives an array or a DataError for any bytes, never anything else", () => {
    const header = fc.tuple(
      fc.constantFrom(0, 0, 0, 1),
      fc.constant(0),
      fc.constantFrom(8, 9, 10, 11, 12, 13, 14, 255),
      fc.integer({ min: 0, max: 255 }),
    );
    const body = fc.uint8Array({ maxLength: 64 });
    const withHeader = fc
      .tuple(header, body)
      .map(([first, rest]) => Uint8Array.from([...first, ...rest]));
    const seen = new Set<string>();
    const parse = (bytes: Uint8Array): string => {
      try {
        const { dims, elements } = parseIdx(bytes, "f");
        const count = dims.reduce((product, size) => product * size, 1);
        return elements.length === count ? "array" : `${elements.length} elements for ${count}`;
      } catch (error) {
        return error instanceof DataError ? "DataError" : String(error);
      }
    };
    fc.assert(
      fc.property(fc.oneof(body, withHeader), (bytes) => void seen.add(parse(bytes))),
      { numRuns: 2000, examples: [[good]] },
    );
    expect([...seen].toSorted()).toEqual(["DataError", "array"]);
  });
});
