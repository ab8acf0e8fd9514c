import { encode } from "fast-png";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DataError, OptionError } from "../base/errors.ts";
import { catalog } from "./catalog.ts";
import { cifar10, cifar10Classes, cifarSet } from "./cifar10.ts";

const imageBytes = 32 * 32 * 3;
const perFile = 2;

/** Two images in a PNG as the package has them: one in each row, every value told by `start`. */
function picture(start: number, changes: Partial<Parameters<typeof encode>[0]> = {}): Uint8Array {
  const data = Uint8Array.from({ length: perFile * imageBytes }, (_, i) => (start + i * 7) % 256);
  return encode({ width: 1024, height: perFile, channels: 3, depth: 8, data, ...changes });
}

function json(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

const files: Readonly<Record<string, Uint8Array>> = {
  ...Object.fromEntries([1, 2, 3, 4, 5].map((n) => [`data_batch_${n}.png`, picture(n)])),
  "train_lables.json": json([6, 9, 9, 4, 1, 1, 2, 7, 8, 3]),
  "test_batch.png": picture(6),
  "test_lables.json": json([3, 8]),
};

function tiny(
  changes: Readonly<Record<string, Uint8Array>> = {},
  shape: readonly number[] = [32, 32, 3],
): ReturnType<typeof cifarSet> {
  const source = async (file: string): Promise<Uint8Array> => changes[file] ?? files[file]!;
  return cifarSet({ source, shape, perFile });
}

describe("cifarSet", () => {
  test("reads one image from each row, the batches in their order, channels last", async () => {
    const { name, train, test: held, classes } = await tiny();
    expect({ name, classes }).toEqual({ name: "cifar10", classes: 10 });
    expect(train).toMatchObject({ count: 10, shape: [32, 32, 3], inputScale: 1 / 255 });
    expect(train.targets).toEqual(Int32Array.of(6, 9, 9, 4, 1, 1, 2, 7, 8, 3));
    expect(held.targets).toEqual(Int32Array.of(3, 8));
    const value = (batch: number, index: number): number => (batch + index * 7) % 256;
    const expected = Uint8Array.from({ length: 10 * imageBytes }, (_, i) =>
      value(1 + Math.floor(i / (perFile * imageBytes)), i % (perFile * imageBytes)),
    );
    expect(train.inputs).toEqual(expected);
    expect(held.inputs[imageBytes + 4]).toBe(value(6, imageBytes + 4));
    expect(held.inputs).toHaveLength(2 * imageBytes);
  });

  test("takes another shape for dense layers, and says so in the hash", async () => {
    const [plain, flat] = await Promise.all([tiny(), tiny({}, [3072])]);
    expect(flat.train.shape).toEqual([3072]);
    expect(flat.train.inputs).toEqual(plain.train.inputs);
    expect(flat.hash).not.toBe(plain.hash);
  });

  const sound = picture(6);
  test.each<[string, Readonly<Record<string, Uint8Array>>, string | RegExp]>([
    [
      "a picture of another height",
      { "test_batch.png": picture(6, { height: 1, data: new Uint8Array(imageBytes) }) },
      "test_batch.png: at offset 16, expected a picture of 1024 x 2, found 1024 x 1",
    ],
    [
      "a picture with another number of channels",
      { "test_batch.png": picture(6, { channels: 4, data: new Uint8Array(1024 * 2 * 4) }) },
      "test_batch.png: at offset 25, expected colour type 2 (RGB), found 6",
    ],
    [
      "a picture with 16 bits per value",
      { "test_batch.png": picture(6, { depth: 16, data: new Uint16Array(1024 * 2 * 3) }) },
      "test_batch.png: at offset 24, expected 8 bits per value, found 16",
    ],
    [
      "an interlaced picture",
      { "test_batch.png": sound.with(28, 1) },
      "test_batch.png: at offset 28, expected rows in their order (0), found interlacing 1",
    ],
    [
      "what is no picture",
      { "data_batch_3.png": sound.with(1, 0x51) },
      "data_batch_3.png: at offset 1, expected 80, as every PNG file begins, found 81",
    ],
    [
      "a picture cut off in its header",
      { "test_batch.png": sound.subarray(0, 20) },
      "test_batch.png: at offset 20, expected at least the 33 bytes of a PNG header, found the end of the file",
    ],
    [
      "a picture cut off later",
      { "test_batch.png": sound.subarray(0, -20) },
      /^test_batch\.png: must be a whole PNG file, got \w/,
    ],
    [
      "a picture with a flipped bit, by its own checksum",
      { "test_batch.png": sound.with(60, sound[60]! ^ 1) },
      /^test_batch\.png: must be a whole PNG file, got \w/,
    ],
    [
      "labels that are no JSON",
      { "test_lables.json": Uint8Array.of(91, 51, 44) },
      "test_lables.json: must be whole JSON, got 3 bytes that are not",
    ],
    [
      "labels that are no list",
      { "test_lables.json": json({ length: 2 }) },
      "test_lables.json: must be a list of 2 labels, got an object",
    ],
    [
      "too few labels",
      { "train_lables.json": json([1, 2, 3]) },
      "train_lables.json: must be a list of 10 labels, got a list of 3",
    ],
    [
      "a label out of range",
      { "test_lables.json": json([3, 10]) },
      "test_lables.json: label 1 must be a whole number in [0, 10), got 10",
    ],
    [
      "a label that is a fraction",
      { "test_lables.json": json([0.5, 1]) },
      "test_lables.json: label 0 must be a whole number in [0, 10), got 0.5",
    ],
    [
      "a label that is text",
      { "test_lables.json": json(["cat", 1]) },
      "test_lables.json: label 0 must be a whole number in [0, 10), got a string",
    ],
  ])("refuses %s", async (_, changes, message) => {
    const made = tiny(changes);
    await expect(made).rejects.toBeInstanceOf(DataError);
    await expect(made).rejects.toThrow(
      typeof message === "string" ? new DataError(message) : message,
    );
  });

  test("gives a data set or a DataError for damaged files, never anything else", async () => {
    const damage = fc.record({
      file: fc.constantFrom("test_batch.png", "test_lables.json"),
      at: fc.nat(200),
      value: fc.nat(255),
      cut: fc.nat(20),
    });
    await fc.assert(
      fc.asyncProperty(damage, async ({ file, at, value, cut }) => {
        const bytes = files[file]!.slice(0, files[file]!.length - (cut > 10 ? cut - 10 : 0));
        if (at < bytes.length) bytes[at] = value;
        const made = await tiny({ [file]: bytes }).then(
          ({ test: held }) => `${held.count} images`,
          (error: unknown) => (error instanceof DataError ? "DataError" : String(error)),
        );
        expect(["2 images", "DataError"]).toContain(made);
      }),
      { numRuns: 100 },
    );
  });
});

describe("cifar10", () => {
  test("refuses files that are not CIFAR-10's, by their size and checksum", async () => {
    await expect(cifar10({ source: async () => new Uint8Array(3) })).rejects.toThrow(
      new DataError("train_lables.json: expected the 100001 bytes of cifar10, found 3 bytes"),
    );
    const zeros = async (file: string): Promise<Uint8Array> =>
      new Uint8Array(catalog.cifar10.files[file]!.bytes);
    await expect(cifar10({ source: zeros })).rejects.toThrow(
      /^train_lables\.json: expected the bytes of cifar10, SHA-256 [0-9a-f]{64}, found [0-9a-f]{64}$/,
    );
  });

  test("refuses a shape that does not hold an image before it asks for a file", async () => {
    const source = async (): Promise<Uint8Array> => Promise.reject(new Error("asked"));
    await expect(cifar10({ source, shape: [32, 32] })).rejects.toThrow(
      new OptionError("cifar10: shape must hold 32 x 32 x 3 = 3072 values, got [32, 32]"),
    );
  });

  test("names its ten classes", () => {
    expect(cifar10Classes).toHaveLength(10);
    // The first training image, label 6, is the well-known frog.
    expect(cifar10Classes[6]).toBe("frog");
  });
});
