/** Four IDX files (images and labels, to train and to test) become a data set. */
import { DataError } from "../base/errors.ts";
import { showShape } from "../base/shape.ts";
import type { Dataset } from "./dataset.ts";
import type { FileSource } from "./file-source.ts";
import {
  checkImageOptions,
  imageDataset,
  type ImageOptions,
  type LabelledImages,
} from "./image-dataset.ts";
import { parseIdx, refuse, type IdxArray } from "./idx.ts";

/** The names under which the four files are asked for. */
export const imageFiles: Readonly<
  Record<"trainImages" | "trainLabels" | "testImages" | "testLabels", string>
> = {
  trainImages: "train-images-idx3-ubyte",
  trainLabels: "train-labels-idx1-ubyte",
  testImages: "t10k-images-idx3-ubyte",
  testLabels: "t10k-labels-idx1-ubyte",
};

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
  const { name, source } = options;
  checkImageOptions(name, null, options);
  const files = await readFiles(source);
  const classes =
    options.classes ?? 1 + Math.max(maximum(files.trainLabels), maximum(files.testLabels));
  checkLabels(files.trainLabels, classes, imageFiles.trainLabels);
  checkLabels(files.testLabels, classes, imageFiles.testLabels);
  return imageDataset({
    ...options,
    classes,
    size: files.trainImages.dims.slice(1),
    train: labelled(files.trainImages, files.trainLabels),
    test: labelled(files.testImages, files.testLabels),
  });
}

function labelled(images: IdxArray, labels: IdxArray): LabelledImages {
  return { pixels: bytesOf(images), labels: bytesOf(labels) };
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

/** `readFiles` has checked the element type. */
function bytesOf(array: IdxArray): Uint8Array {
  return array.elements as Uint8Array;
}

function maximum(labels: IdxArray): number {
  return bytesOf(labels).reduce((largest, label) => Math.max(largest, label), 0);
}
