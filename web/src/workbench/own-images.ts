/** A folder of the reader's own images, one folder per class: read and scaled in this tab. */
import { hashDataset } from "evenkeel/data";
import type { OwnSplit } from "../engine/index.ts";
import type { OwnResult } from "./own-table.ts";

/** Images are scaled to so many pixels a side: enough to try a network on, quick enough to train. */
const SIDE = 32;

/** The most images of one class; more are left out, and said. */
const MOST = 500;

interface Pixels {
  readonly bytes: Uint8Array;
  readonly label: number;
}

/**
 * Errors: Error if the files do not lie in one folder per class, if there are fewer than two
 *         classes or two images of one, or an image cannot be decoded.
 */
export async function readOwnImages(files: readonly File[]): Promise<OwnResult> {
  const byClass = new Map<string, File[]>();
  for (const file of files.filter(({ type }) => type.startsWith("image/"))) {
    const folder = file.webkitRelativePath.split("/").at(-2);
    if (folder === undefined) throw new Error(`images: must lie in folders, got ${file.name}`);
    byClass.set(folder, [...(byClass.get(folder) ?? []), file]);
  }
  const classes = [...byClass.keys()].toSorted();
  if (classes.length < 2) {
    throw new Error(
      `images: need one folder per class, at least two, got ${classes.length}: ${classes.join(", ") || "no image at all"}`,
    );
  }
  const train: Pixels[] = [];
  const test: Pixels[] = [];
  for (const [label, name] of classes.entries()) {
    const group = byClass
      .get(name)!
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .slice(0, MOST);
    if (group.length < 2) throw new Error(`images: each class needs two or more, got 1 of ${name}`);
    for (const [i, file] of group.entries()) {
      const pixels = { bytes: await pixelsOf(file), label };
      // Every fifth one tests, and one of two.
      (i % 5 === 1 ? test : train).push(pixels);
    }
  }
  const splits = { train: splitOf(train), test: splitOf(test), classes: classes.length };
  const left = files.length - train.length - test.length;
  return {
    data: { name: "your images", hash: await hashDataset(splits), ...splits },
    about: `${train.length} images to train and ${test.length} to test, scaled to ${SIDE} × ${SIDE}; classes: ${classes.join(", ")}.`,
    warnings:
      left > 0 ? [`${left} files were left out: no images, or more than ${MOST} of a class.`] : [],
  };
}

async function pixelsOf(file: File): Promise<Uint8Array> {
  const bitmap = await createImageBitmap(file, {
    resizeWidth: SIDE,
    resizeHeight: SIDE,
    resizeQuality: "high",
  }).catch((cause: unknown) => {
    throw new Error(`images: must be images this browser reads, got ${file.name}`, { cause });
  });
  const canvas = new OffscreenCanvas(SIDE, SIDE);
  const context = canvas.getContext("2d")!;
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const { data } = context.getImageData(0, 0, SIDE, SIDE);
  return Uint8Array.from(
    { length: SIDE * SIDE * 3 },
    (_, i) => data[4 * Math.floor(i / 3) + (i % 3)]!,
  );
}

function splitOf(pixels: readonly Pixels[]): OwnSplit {
  const size = SIDE * SIDE * 3;
  const inputs = new Uint8Array(pixels.length * size);
  pixels.forEach(({ bytes }, i) => inputs.set(bytes, i * size));
  return {
    inputs,
    inputScale: 1 / 255,
    targets: Int32Array.from(pixels, ({ label }) => label),
    shape: [SIDE, SIDE, 3],
    targetShape: [],
    count: pixels.length,
  };
}
