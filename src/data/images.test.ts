import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DataError, OptionError } from "../base/errors.ts";
import type { FileSource } from "./file-source.ts";
import { imageFiles, imageSet } from "./images.ts";

function idx(dims: readonly number[], elements: readonly number[]): Uint8Array {
  const header = dims.flatMap((size) => [
    size >>> 24,
    (size >>> 16) & 255,
    (size >>> 8) & 255,
    size & 255,
  ]);
  return Uint8Array.from([0, 0, 8, dims.length, ...header, ...elements]);
}

/** Two images to train and one to test, of 1 x 2 pixels, labels 2 and 0. */
const files: Readonly<Record<string, Uint8Array>> = {
  [imageFiles.trainImages]: idx([2, 1, 2], [0, 127, 128, 255]),
  [imageFiles.trainLabels]: idx([2], [2, 0]),
  [imageFiles.testImages]: idx([1, 1, 2], [51, 204]),
  [imageFiles.testLabels]: idx([1], [1]),
};

function sourceOf(changes: Readonly<Record<string, Uint8Array>> = {}): FileSource {
  return async (file) => changes[file] ?? files[file]!;
}

describe("imageSet", () => {
  test("keeps bytes and says what a level is worth", async () => {
    const { train, test: held, classes } = await imageSet({ name: "tiny", source: sourceOf() });
    expect(train).toEqual({
      inputs: Uint8Array.of(0, 127, 128, 255),
      inputScale: 1 / 255,
      targets: Int32Array.of(2, 0),
      shape: [2],
      targetShape: [],
      count: 2,
    });
    expect(held.targets).toEqual(Int32Array.of(1));
    expect(classes).toBe(3);
  });

  test("makes pixels brighter than the threshold 1 and all others 0", async () => {
    const half = await imageSet({ name: "tiny", source: sourceOf(), binary: 0.5 });
    expect(half.train.inputs).toEqual(Uint8Array.of(0, 0, 1, 1));
    expect(half.train.inputScale).toBe(1);
    const any = await imageSet({ name: "tiny", source: sourceOf(), binary: 0 });
    expect(any.train.inputs).toEqual(Uint8Array.of(0, 1, 1, 1));
    // 51 is exactly 0.2 of 255: not brighter than it.
    const fifth = await imageSet({ name: "tiny", source: sourceOf(), binary: 0.2 });
    expect(fifth.test.inputs).toEqual(Uint8Array.of(0, 1));
  });

  test("hashes what a network sees: the same content alike, any other apart", async () => {
    const plain = await imageSet({ name: "tiny", source: sourceOf() });
    const renamed = await imageSet({ name: "other", source: sourceOf() });
    const shaped = await imageSet({ name: "tiny", source: sourceOf(), shape: [1, 2, 1] });
    const binary = await imageSet({ name: "tiny", source: sourceOf(), binary: 0.5 });
    const flipped = { [imageFiles.testImages]: idx([1, 1, 2], [51, 205]) };
    const other = await imageSet({ name: "tiny", source: sourceOf(flipped) });
    expect(renamed.hash).toBe(plain.hash);
    expect(new Set([plain, shaped, binary, other].map(({ hash }) => hash)).size).toBe(4);
    expect(plain.hash).toMatch(/^[0-9a-f]{64}$/);
  });

  test.each([
    [
      "labels out of range",
      { [imageFiles.trainLabels]: idx([2], [2, 10]) },
      "train-labels-idx1-ubyte: at offset 9, expected a label in [0, 10), found 10",
    ],
    [
      "fewer labels than images",
      { [imageFiles.trainLabels]: idx([1], [2]) },
      "train-labels-idx1-ubyte: at offset 4, expected 2 labels, one for each image of train-images-idx3-ubyte, found 1",
    ],
    [
      "images of two sizes",
      { [imageFiles.testImages]: idx([1, 2, 1], [1, 2]) },
      "t10k-images-idx3-ubyte: at offset 8, expected images of [1, 2], as in training, found [2, 1]",
    ],
    [
      "labels where images should be",
      { [imageFiles.testImages]: idx([1], [1]) },
      "t10k-images-idx3-ubyte: at offset 3, expected 3 axes, found 1",
    ],
    [
      "no images",
      { [imageFiles.testImages]: idx([0, 1, 2], []) },
      "t10k-images-idx3-ubyte: at offset 4, expected sizes of at least 1, found [0, 1, 2]",
    ],
  ])("refuses %s", async (_, changes, message) => {
    const made = imageSet({ name: "tiny", source: sourceOf(changes), classes: 10 });
    await expect(made).rejects.toThrow(new DataError(message));
  });

  test.each([
    [{ shape: [3] }, "tiny: shape must hold 1 x 2 = 2 pixels, got [3]"],
    [{ shape: [-1, -2] }, "tiny: shape must hold 1 x 2 = 2 pixels, got [-1, -2]"],
    [{ binary: 1 }, "tiny: binary must be a threshold in [0, 1), got 1"],
    [{ binary: Number.NaN }, "tiny: binary must be a threshold in [0, 1), got NaN"],
  ])("refuses the option %o", async (options, message) => {
    const made = imageSet({ name: "tiny", source: sourceOf(), ...options });
    await expect(made).rejects.toThrow(new OptionError(message));
  });

  test("gives a data set or a DataError for damaged files, never anything else", async () => {
    const names = Object.keys(files);
    const damage = fc.record({
      file: fc.constantFrom(...names),
      at: fc.nat(20),
      value: fc.nat(255),
      cut: fc.nat(20),
    });
    await fc.assert(
      fc.asyncProperty(damage, async ({ file, at, value, cut }) => {
        const bytes = files[file]!.slice(0, files[file]!.length - (cut > 10 ? cut - 10 : 0));
        if (at < bytes.length) bytes[at] = value;
        const made = await imageSet({ name: "tiny", source: sourceOf({ [file]: bytes }) }).then(
          ({ train }) => `${train.count} images`,
          (error: unknown) => (error instanceof DataError ? "DataError" : String(error)),
        );
        expect(["2 images", "DataError"]).toContain(made);
      }),
      { numRuns: 500 },
    );
  });
});
