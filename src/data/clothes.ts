/** One JSON file per class, `{ "data": [image, …] }`, becomes a data set with a split of our own. */
import { DataError } from "../base/errors.ts";
import type { Dataset } from "./dataset.ts";
import type { FileSource } from "./file-source.ts";
import { imageDataset, type ImageOptions, type LabelledImages } from "./image-dataset.ts";
import { describeJson, isWholeBelow, parseJson } from "./parse-json.ts";
import { shuffledIndices } from "./shuffled-indices.ts";

/** Never to be changed: with another seed it would be another data set under the same name. */
const splitSeed = 28;
const pixelsPerImage = 28 * 28;

export interface ClothesOptions extends ImageOptions {
  readonly name: string;
  /** Asked for `0.json`, `1.json` and so on, one file for each class. */
  readonly source: FileSource;
  readonly classes: number;
  /** Images of each class in the two parts; a file must hold exactly their sum. */
  readonly counts: { readonly train: number; readonly test: number };
}

/**
 * Reads and splits the classes. The test images of a class are the first of a shuffle of its file
 * that occur only once in the whole set, so none of them is trained on; training has the rest.
 * Both parts come shuffled, because the files are sorted by class.
 *
 * Errors: DataError for a file that is not such JSON or holds another number of images, and for a
 *         class with fewer distinct images than are to be tested on.
 */
export async function clothesSet({
  source,
  counts,
  classes,
  ...options
}: ClothesOptions): Promise<Dataset> {
  const files: Uint8Array[] = [];
  // One after the other: parsed, a file is several times as large as its pixels.
  for (let label = 0; label < classes; label++) {
    const file = `${label}.json`;
    files.push(parseImages(await source(file), file, counts.train + counts.test));
  }
  const copies = countCopies(files);
  const train: Uint8Array[][] = [];
  const test: Uint8Array[][] = [];
  for (const [label, pixels] of files.entries()) {
    const parts = splitClass(pixels, label, counts.test, copies);
    train.push(parts.train);
    test.push(parts.test);
  }
  return imageDataset({
    ...options,
    size: [28, 28],
    classes,
    train: mix(train, 0),
    test: mix(test, 1),
  });
}

/** The images of one file, [count, 784]. Empty lists between them stand for nothing. */
function parseImages(bytes: Uint8Array, file: string, count: number): Uint8Array {
  const content = parseJson(bytes, file);
  const list: unknown = isObject(content) ? content["data"] : content;
  if (!Array.isArray(list)) {
    throw new DataError(`${file}: data must be a list of images, got ${describeJson(list)}`);
  }
  const images = list.filter((image) => !(Array.isArray(image) && image.length === 0));
  if (images.length !== count) {
    throw new DataError(`${file}: must hold ${count} images, got ${images.length}`);
  }
  const pixels = new Uint8Array(count * pixelsPerImage);
  for (const [index, image] of images.entries()) {
    pixels.set(parseImage(image, `${file}: image ${index}`), index * pixelsPerImage);
  }
  return pixels;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parseImage(image: unknown, who: string): readonly number[] {
  if (!Array.isArray(image) || image.length !== pixelsPerImage) {
    throw new DataError(
      `${who} must be a list of ${pixelsPerImage} pixels, got ${describeJson(image)}`,
    );
  }
  const bad = image.findIndex((level) => !isWholeBelow(level, 256));
  if (bad >= 0) {
    throw new DataError(
      `${who} must have whole levels in [0, 256), got ${describeJson(image[bad])} at pixel ${bad}`,
    );
  }
  return image as number[];
}

/** How often each image occurs in the whole set. */
function countCopies(files: readonly Uint8Array[]): ReadonlyMap<string, number> {
  const copies = new Map<string, number>();
  for (const pixels of files) {
    for (const image of imagesOf(pixels)) {
      const key = keyOf(image);
      copies.set(key, (copies.get(key) ?? 0) + 1);
    }
  }
  return copies;
}

/** The pixels as text, one character each: a key that is equal for equal images alone. */
function keyOf(image: Uint8Array): string {
  return String.fromCharCode(...image);
}

function splitClass(
  pixels: Uint8Array,
  label: number,
  wanted: number,
  copies: ReadonlyMap<string, number>,
): { readonly train: Uint8Array[]; readonly test: Uint8Array[] } {
  const images = imagesOf(pixels);
  const train: Uint8Array[] = [];
  const test: Uint8Array[] = [];
  for (const index of shuffledIndices(images.length, splitSeed, label)) {
    const image = images[index]!;
    const once = copies.get(keyOf(image)) === 1;
    (once && test.length < wanted ? test : train).push(image);
  }
  if (test.length < wanted) {
    throw new DataError(
      `${label}.json: must hold ${wanted} images that occur once in the set, got ${test.length}`,
    );
  }
  return { train, test };
}

/** All classes in one shuffled order; `part` keeps the two parts' orders apart. */
function mix(classes: readonly Uint8Array[][], part: 0 | 1): LabelledImages {
  const all = classes.flatMap((images, label) => images.map((image) => ({ image, label })));
  const pixels = new Uint8Array(all.length * pixelsPerImage);
  const labels = new Uint8Array(all.length);
  const order = shuffledIndices(all.length, splitSeed, classes.length + part);
  for (const [place, index] of order.entries()) {
    const { image, label } = all[index]!;
    pixels.set(image, place * pixelsPerImage);
    labels[place] = label;
  }
  return { pixels, labels };
}

function imagesOf(pixels: Uint8Array): Uint8Array[] {
  return Array.from({ length: pixels.length / pixelsPerImage }, (_, index) =>
    pixels.subarray(index * pixelsPerImage, (index + 1) * pixelsPerImage),
  );
}
