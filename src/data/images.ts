/** Four IDX files (images and labels, to train and to test) become a data set. */
import { DataError, OptionError } from "../base/errors.ts";
import { sizeOf, showShape, type Shape } from "../base/shape.ts";
import type { Dataset, Split } from "./dataset.ts";
import { hashDataset } from "./hash.ts";
import { parseIdx, refuse, type IdxArray } from "./idx.ts";

/** Where the bytes of a data set's files come from: a disk, a server, a test. */
export type FileSource = (file: string) => Promise<Uint8Array>;

/** The names under which the four files are asked for. */
export const imageFiles: Readonly<
  Record<"trainImages" | "trainLabels" | "testImages" | "testLabels", string>
> = {
  trainImages: "train-images-idx3-ubyte",
  trainLabels: "train-labels-idx1-ubyte",
  testImages: "t10k-images-idx3-ubyte",
  testLabels: "t10k-labels-idx1-ubyte",
};

export interface ImageOptions {
  /**
   * Shape of one example; must hold as many pixels as an image has. [784] for dense layers,
   * [28, 28, 1] for convolutions. Defaults to *rows · columns* in one axis.
   */
  readonly shape?: Shape;
  /**
   * Threshold on brightness in [0, 1): brighter pixels become 1, all others 0. Defaults to
   * keeping all 256 levels, which a network sees as level / 255.
   */
  readonly binary?: number;
}

export interface ImageSetOptions extends ImageOptions {
  readonly name: string;
  readonly source: FileSource;
  /** Labels must be below it. Defaults to *the largest label + 1*. */
  readonly classes?: number;
}

/**
 * Reads a labelled image set. Pixels stay bytes (a quarter of the memory of f32); `inputScale`
 * says what one level is worth.
 *
 * Errors: DataError for damaged files, labels out of range, or counts and sizes that disagree;
 *         OptionError for a shape that does not hold an image, or a threshold outside [0, 1).
 */
export async function imageSet(options: ImageSetOptions): Promise<Dataset> {
  const { name, source, binary } = options;
  if (binary !== undefined && !(binary >= 0 && binary < 1)) {
    throw new OptionError(`${name}: binary must be a threshold in [0, 1), got ${binary}`);
  }
  const files = await readFiles(source);
  const classes =
    options.classes ?? 1 + Math.max(maximum(files.trainLabels), maximum(files.testLabels));
  const make = (images: IdxArray, labels: IdxArray): Split =>
    Object.freeze({
      inputs: binary === undefined ? bytesOf(images) : binarize(bytesOf(images), binary),
      inputScale: binary === undefined ? 1 / 255 : 1,
      targets: Int32Array.from(bytesOf(labels)),
      shape: exampleShape(images, options),
      targetShape: [],
      count: images.dims[0]!,
    });
  checkLabels(files.trainLabels, classes, imageFiles.trainLabels);
  checkLabels(files.testLabels, classes, imageFiles.testLabels);
  const train = make(files.trainImages, files.trainLabels);
  const test = make(files.testImages, files.testLabels);
  const hash = await hashDataset({ train, test, classes });
  return Object.freeze({ name, hash, train, test, classes });
}

async function readFiles(source: FileSource): Promise<Record<keyof typeof imageFiles, IdxArray>> {
  const read = async (file: string, rank: number): Promise<IdxArray> => {
    const array = parseIdx(await source(file), file);
    if (!(array.elements instanceof Uint8Array)) {
      refuse(
        file,
        2,
        "element type 08 (unsigned bytes)",
        `one read as ${array.elements.constructor.name}`,
      );
    }
    if (array.dims.length !== rank) refuse(file, 3, `${rank} axes`, `${array.dims.length}`);
    if (array.dims.includes(0)) refuse(file, 4, "sizes of at least 1", showShape(array.dims));
    return array;
  };
  const [trainImages, trainLabels, testImages, testLabels] = await Promise.all([
    read(imageFiles.trainImages, 3),
    read(imageFiles.trainLabels, 1),
    read(imageFiles.testImages, 3),
    read(imageFiles.testLabels, 1),
  ]);
  checkCounts(trainImages, trainLabels, imageFiles.trainImages, imageFiles.trainLabels);
  checkCounts(testImages, testLabels, imageFiles.testImages, imageFiles.testLabels);
  const [, ...trainSize] = trainImages.dims;
  const [, ...testSize] = testImages.dims;
  if (trainSize.join() !== testSize.join()) {
    refuse(
      imageFiles.testImages,
      8,
      `images of ${showShape(trainSize)}, as in training`,
      showShape(testSize),
    );
  }
  return { trainImages, trainLabels, testImages, testLabels };
}

function checkCounts(
  images: IdxArray,
  labels: IdxArray,
  imageFile: string,
  labelFile: string,
): void {
  if (images.dims[0] !== labels.dims[0]) {
    throw new DataError(
      `${labelFile}: at offset 4, expected ${images.dims[0]} labels, one for each image of ` +
        `${imageFile}, found ${labels.dims[0]}`,
    );
  }
}

function checkLabels(labels: IdxArray, classes: number, file: string): void {
  const start = 8;
  const bad = bytesOf(labels).findIndex((label) => label >= classes);
  if (bad >= 0) refuse(file, start + bad, `a label in [0, ${classes})`, `${labels.elements[bad]}`);
}

function exampleShape(images: IdxArray, { name, shape }: ImageSetOptions): Shape {
  const [, rows = 0, columns = 0] = images.dims;
  if (shape === undefined) return [rows * columns];
  if (
    sizeOf(shape) !== rows * columns ||
    shape.some((size) => !Number.isInteger(size) || size < 1)
  ) {
    throw new OptionError(
      `${name}: shape must hold ${rows} x ${columns} = ${rows * columns} pixels, got ${showShape(shape)}`,
    );
  }
  return Object.freeze([...shape]);
}

/** `readFiles` has checked the element type. */
function bytesOf(array: IdxArray): Uint8Array {
  return array.elements as Uint8Array;
}

function binarize(pixels: Uint8Array, threshold: number): Uint8Array {
  const highest = Math.floor(threshold * 255);
  const result = new Uint8Array(pixels.length);
  for (let i = 0; i < pixels.length; i++) result[i] = pixels[i]! > highest ? 1 : 0;
  return result;
}

function maximum(labels: IdxArray): number {
  return bytesOf(labels).reduce((largest, label) => Math.max(largest, label), 0);
}
