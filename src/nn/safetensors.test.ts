import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DataError } from "../base/errors.ts";
import { readSafetensors, writeSafetensors } from "./safetensors.ts";
import type { Tensor, Weights } from "./weights.ts";

function f32(shape: readonly number[], ...values: number[]): Tensor {
  return { shape, dtype: "f32", data: Float32Array.from(values) };
}

/** A file with any header text and data section, as no writer would make it. */
function rawFile(header: string, data: Uint8Array | number = 0): Uint8Array {
  const text = new TextEncoder().encode(header);
  const section = typeof data === "number" ? new Uint8Array(data) : data;
  const bytes = new Uint8Array(8 + text.length + section.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(section, 8 + text.length);
  return bytes;
}

function entry(shape: readonly number[], begin: number, end: number, dtype = "F32"): string {
  return JSON.stringify({ dtype, shape, data_offsets: [begin, end] });
}

/** The message of a DataError, or "accepted"; anything else is thrown on. */
function refusal(bytes: Uint8Array): string {
  try {
    readSafetensors(bytes, "w.safetensors");
    return "accepted";
  } catch (error) {
    if (error instanceof DataError) return error.message;
    throw error;
  }
}

describe("writeSafetensors", () => {
  test("writes the format's bytes", () => {
    const bytes = writeSafetensors(new Map([["a", f32([2], 1, -2)]]), { by: "us" });
    const header = new TextDecoder().decode(bytes.subarray(8, bytes.length - 8));
    expect(new DataView(bytes.buffer).getBigUint64(0, true)).toBe(BigInt(header.length));
    expect(header.trimEnd()).toBe(
      '{"__metadata__":{"by":"us"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}',
    );
    expect((8 + header.length) % 8).toBe(0);
    expect([...bytes.subarray(-8)]).toEqual([0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]);
  });

  test("refuses a tensor whose values do not fill its shape", () => {
    expect(() => writeSafetensors(new Map([["a", f32([3], 1, 2)]]))).toThrow(
      'writeSafetensors: "a" must have 3 values for its shape, got 2',
    );
  });
});

describe("readSafetensors", () => {
  test("gives back what was written, whatever the names", () => {
    const name = fc.oneof(
      fc.string(),
      fc.constantFrom("__proto__", "constructor", "0", "7.a", 'é\n"'),
    );
    const tensor = fc
      .tuple(
        fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }),
        fc.constantFrom("f32", "i32", "u32"),
      )
      .chain(([shape, dtype]) => {
        const size = shape.reduce((a, b) => a * b, 1);
        const bits = fc.array(fc.integer({ min: 0, max: 2 ** 32 - 1 }), {
          minLength: size,
          maxLength: size,
        });
        return bits.map((words): Tensor => {
          const { buffer } = Uint32Array.from(words);
          if (dtype === "f32") return { shape, dtype, data: new Float32Array(buffer) };
          return dtype === "i32"
            ? { shape, dtype, data: new Int32Array(buffer) }
            : { shape, dtype: "u32", data: new Uint32Array(buffer) };
        });
      });
    const names = fc.uniqueArray(fc.tuple(name, tensor), {
      selector: ([key]) => key,
      maxLength: 5,
    });
    fc.assert(
      fc.property(names, fc.integer({ min: 0, max: 3 }), (tensors, offset) => {
        const weights: Weights = new Map(tensors.filter(([key]) => key !== "__metadata__"));
        const written = writeSafetensors(weights, { step: "3" });
        // A file may lie anywhere in a larger buffer.
        const moved = new Uint8Array(written.length + offset).subarray(offset);
        moved.set(written);
        const read = readSafetensors(moved);
        expect(read.metadata).toEqual({ step: "3" });
        expect(new Map(read.weights)).toEqual(weights);
        // And it may be a Buffer, whose methods are not all a Uint8Array's.
        expect(new Map(readSafetensors(Buffer.from(moved)).weights)).toEqual(weights);
      }),
    );
  });

  test("widens F16, BF16 and F64 to f32", () => {
    const half = Uint16Array.of(0x3c00, 0xc500, 0x0001, 0x7c00, 0x8000, 0x7bff);
    const brain = Uint16Array.of(0x3f80, 0xc0a0);
    const double = Float64Array.of(0.1, -1e300);
    const data = new Uint8Array(32);
    data.set(new Uint8Array(double.buffer), 0);
    data.set(new Uint8Array(half.buffer), 16);
    data.set(new Uint8Array(brain.buffer), 28);
    const header = `{"d":${entry([2], 0, 16, "F64")},"h":${entry([6], 16, 28, "F16")},"b":${entry([2], 28, 32, "BF16")}}`;
    const { weights } = readSafetensors(rawFile(header, data));
    expect(weights.get("h")!.data).toEqual(Float32Array.of(1, -5, 2 ** -24, Infinity, -0, 65504));
    expect(weights.get("b")!.data).toEqual(Float32Array.of(1, -5));
    expect(weights.get("d")!.data).toEqual(Float32Array.of(Math.fround(0.1), -Infinity));
  });

  test.each([
    ["too short", new Uint8Array(7), "a safetensors file has at least 8 bytes, got 7"],
    [
      "a header longer than the file",
      rawFile("{}").map((byte, i) => (i === 0 ? 3 : byte)),
      "header length must be at most 2 bytes, got 3",
    ],
    [
      "a length of 2^64 − 1",
      rawFile("{}").fill(255, 0, 8),
      "header length must be at most 2 bytes, got 18446744073709551615",
    ],
    ["no object", rawFile("[]"), "header must be a JSON object, got an array"],
    ["not UTF-8", rawFile("{}").fill(0xff, 8), "header must be UTF-8"],
    [
      "an unknown element type",
      rawFile(`{"a":${entry([1], 0, 1, "F8")}}`, 1),
      '"a" dtype must be one of F64, F32, F16, BF16, I64, I32, U32, got "F8"',
    ],
    [
      "a negative size",
      rawFile(`{"a":${entry([-1], 0, 4)}}`, 4),
      '"a" shape must be an array of sizes, got [-1]',
    ],
    [
      "a shape that needs more bytes than given",
      rawFile(`{"a":${entry([2 ** 40, 2 ** 40], 0, 4)}}`, 4),
      '"a" needs 4.835703278458517e+24 bytes for its shape, got 4',
    ],
    [
      "bytes beyond the file",
      rawFile(`{"a":${entry([2], 0, 8)}}`, 4),
      "tensors must fill the data section, got 8 of 4 bytes",
    ],
    [
      "bytes nobody owns",
      rawFile(`{"a":${entry([1], 0, 4)}}`, 8),
      "tensors must fill the data section, got 4 of 8 bytes",
    ],
    [
      "an overlap",
      rawFile(`{"a":${entry([2], 0, 8)},"b":${entry([1], 4, 8)}}`, 8),
      'tensors must not overlap, got "b" at byte 4, expected 8',
    ],
    [
      "a gap",
      rawFile(`{"a":${entry([1], 0, 4)},"b":${entry([1], 8, 12)}}`, 12),
      'tensors must not leave a gap, got "b" at byte 8, expected 4',
    ],
    [
      "a misaligned tensor",
      rawFile(`{"a":${entry([1], 0, 2, "F16")},"b":${entry([1], 2, 6)}}`, 6),
      '"b" must begin at a multiple of 4 bytes, got 2',
    ],
    [
      "a name twice, once escaped",
      rawFile(`{"a":${entry([1], 0, 4)}, "\\u0061" :${entry([1], 0, 4)}}`, 4),
      'names must be distinct, got "a" twice',
    ],
    [
      "metadata that is not text",
      rawFile('{"__metadata__":{"step":3}}'),
      "__metadata__ must map names to strings",
    ],
    [
      "offsets in the wrong order",
      rawFile(`{"a":${entry([1], 4, 0)}}`, 4),
      '"a" data_offsets must be [begin, end], got [4,0]',
    ],
  ])("refuses %s", (_, bytes, rule) => {
    expect(refusal(bytes)).toBe(`w.safetensors: ${rule}`);
  });

  test("refuses a header that is not JSON, with the reason", () => {
    expect(refusal(rawFile("{no}"))).toMatch(/^w\.safetensors: header must be JSON, got /);
  });

  test("reads damaged files or refuses them, and never fails in another way", () => {
    const whole = writeSafetensors(
      new Map([
        ["0.weight", f32([2, 2], 1, 2, 3, 4)],
        ["0.bias", f32([2], 5, 6)],
      ]),
    );
    let refused = 0;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 3 }),
        fc.nat(whole.length),
        (flips, length) => {
          const damaged = whole.slice(0, length);
          for (const [at, byte] of flips) damaged[at] = byte;
          if (refusal(damaged) !== "accepted") refused++;
        },
      ),
      { numRuns: 300 },
    );
    expect(refused).toBeGreaterThan(100);
  });

  test("takes nothing from a header on trust: what is accepted is a partition of the data", () => {
    const size = fc.oneof(
      fc.integer({ min: 0, max: 4 }),
      fc.constantFrom(-1, 0.5, 2 ** 31, 2 ** 32 + 1, 2 ** 53, 1e300, null, "4", [2]),
    );
    const offset = fc.oneof(
      fc.integer({ min: 0, max: 12 }).map((words) => 4 * words),
      fc.constantFrom(-4, 1, 2, 2 ** 32, 2 ** 53, null),
    );
    const honest = fc.tuple(fc.constantFrom("F32", "F16", "I64", "F64"), fc.nat(4), fc.nat(4));
    const described = fc.oneof(
      { weight: 2, arbitrary: honest },
      {
        weight: 1,
        arbitrary: fc.record({
          dtype: fc.constantFrom("F32", "I64", "BF16", "F8", "f32", null, 4),
          shape: fc.oneof(fc.array(size, { maxLength: 4 }), fc.constantFrom(null, "2", {})),
          data_offsets: fc.oneof(fc.array(offset, { maxLength: 3 }), fc.constant(null)),
        }),
      },
    );
    const outcomes = { accepted: 0, refused: 0 };
    const widths: Readonly<Record<string, number>> = { F32: 4, F16: 2, I64: 8, F64: 8 };
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(fc.constantFrom("a", "b", "c", "__proto__"), described), {
          selector: ([name]) => name,
          maxLength: 3,
        }),
        fc.constantFrom(0, 0, 0, 0, 1, 4, -4),
        (entries, extra) => {
          let covered = 0;
          const texts = entries.map(([name, told]) => {
            if (!Array.isArray(told)) return `${JSON.stringify(name)}:${JSON.stringify(told)}`;
            const [dtype, rows, columns] = told;
            const begin = covered;
            covered += widths[dtype]! * rows * columns;
            const data_offsets = [begin, covered];
            const honestly = { dtype, shape: [rows, columns], data_offsets };
            return `${JSON.stringify(name)}:${JSON.stringify(honestly)}`;
          });
          const bytes = rawFile(`{${texts.join(",")}}`, Math.max(0, covered + extra));
          if (refusal(bytes) !== "accepted") {
            outcomes.refused++;
            return;
          }
          outcomes.accepted++;
          const { weights } = readSafetensors(bytes);
          expect(weights.size).toBe(entries.length);
          for (const { shape, data } of weights.values()) {
            expect(data.length).toBe(shape.reduce((total, axis) => total * axis, 1));
            expect(data.length).toBeLessThanOrEqual(bytes.length);
          }
        },
      ),
      { numRuns: 500, seed: 20_150_211 },
    );
    expect(outcomes.accepted).toBeGreaterThan(50);
    expect(outcomes.refused).toBeGreaterThan(50);
  });

  test("refuses headers that are nothing but brackets, and a size that only looks like the right one", () => {
    expect(refusal(rawFile("[".repeat(1_000_000)))).toMatch(/header must be JSON/);
    const nested = "[".repeat(200_000) + "]".repeat(200_000);
    expect(refusal(rawFile(`{"a":${nested}}`))).toBe(
      `w.safetensors: "a" must be a JSON object, got ${"[".repeat(100)}…`,
    );
    // 2³² · 2³² is 0 in 64 bits.
    expect(refusal(rawFile(`{"a":${entry([2 ** 32, 2 ** 32], 0, 0)}}`))).toMatch(/bytes for its/);
    expect(refusal(rawFile(`{"a":${entry([0, 2 ** 52], 0, 0)}}`))).toBe("accepted");
  });
});
