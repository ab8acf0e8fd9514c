import { encode as encodePng } from "fast-png";
import fc from "fast-check";
import { encode as encodeJpeg } from "jpeg-js";
import { describe, expect, test } from "vitest";
import { DataError } from "../../base/errors.ts";
import { decodeImage } from "./decode-image.ts";
import { imageSplit, labelledImages, type ImageFile } from "./labelled-images.ts";

const png = (channels: 1 | 3 | 4, level: number, width = 2): Uint8Array =>
  encodePng({ width, height: 2, channels, data: new Uint8Array(2 * width * channels).fill(level) });
const file = (label: string, bytes: Uint8Array): ImageFile => ({
  label,
  file: `${label}/x.png`,
  read: async () => bytes,
});

describe("decodeImage", () => {
  test("reads PNG and JPEG, without transparency", () => {
    expect(decodeImage(png(1, 7), "a")).toEqual({
      width: 2,
      height: 2,
      channels: 1,
      pixels: new Uint8Array(4).fill(7),
    });
    expect(decodeImage(png(4, 9), "a")).toMatchObject({
      channels: 3,
      pixels: new Uint8Array(12).fill(9),
    });
    const { data } = encodeJpeg({ width: 8, height: 8, data: new Uint8Array(256).fill(128) }, 100);
    const decoded = decodeImage(new Uint8Array(data), "a.jpg");
    expect(decoded).toMatchObject({ width: 8, height: 8, channels: 3 });
    expect(decoded.pixels.every((level) => Math.abs(level - 128) <= 2)).toBe(true);
  });

  test("makes of any damage an image or a DataError", () => {
    const jpeg = new Uint8Array(
      encodeJpeg({ width: 8, height: 8, data: new Uint8Array(256).fill(99) }).data,
    );
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 5 });
    let images = 0;
    fc.assert(
      fc.property(fc.constantFrom(png(3, 5), jpeg), damage, fc.nat(40), (whole, changes, cut) => {
        const bytes = whole.slice(0, whole.length - (cut < 20 ? 0 : cut));
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        try {
          decodeImage(bytes, "x");
          images++;
          return true;
        } catch (error) {
          return error instanceof DataError;
        }
      }),
      { numRuns: 300 },
    );
    expect(images).toBeGreaterThan(10);
  });
});

describe("labelledImages", () => {
  test("holds classes in order, grey beside coloured", async () => {
    const images = await labelledImages([file("b", png(3, 4)), file("a", png(1, 200))], {
      name: "f",
    });
    expect(images).toMatchObject({
      shape: [2, 2, 3],
      labels: ["a", "b"],
      classes: Int32Array.of(1, 0),
    });
    const split = imageSplit(images, Uint32Array.of(1));
    expect(split).toMatchObject({
      inputs: new Uint8Array(12).fill(200),
      targets: Int32Array.of(0),
      count: 1,
    });
  });

  test("names the file that is wrong, or leaves it out", async () => {
    const wide = [file("a", png(3, 1)), file("b", png(3, 1, 3)), file("b", png(3, 2))];
    await expect(labelledImages(wide, { name: "f" })).rejects.toThrow(
      "b/x.png: must be 2 x 2 pixels as the first image is, got 3 x 2; resize it",
    );
    expect(await labelledImages(wide, { name: "f", skipBad: 1 })).toMatchObject({
      classes: Int32Array.of(0, 1),
      skipped: [{ line: 2 }],
    });
    const text = [file("a", new TextEncoder().encode("GIF89a")), file("b", png(3, 1))];
    await expect(labelledImages(text, { name: "f" })).rejects.toThrow(
      "a/x.png: must be a PNG or JPEG image, got bytes that begin 47 49 46 38",
    );
    await expect(labelledImages([file("a", png(3, 1))], { name: "f" })).rejects.toThrow(
      "f: must hold 2 to 1000 folders of images, one for each class, got 1",
    );
  });
});
