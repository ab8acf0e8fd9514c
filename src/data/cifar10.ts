import { DataError } from "../base/errors.ts";
import { catalog } from "./catalog.ts";
import type { Dataset } from "./dataset.ts";
import { catalogSource, type FileSource, type SourceOptions } from "./file-source.ts";
import {
  checkImageOptions,
  imageDataset,
  type ImageOptions,
  type LabelledImages,
} from "./image-dataset.ts";
import { describeJson, isWholeBelow, parseJson } from "./parse-json.ts";
import { pngRows } from "./png-rows.ts";

/** What the labels stand for, in their order. */
export const cifar10Classes: readonly string[] = Object.freeze([
  "airplane",
  "automobile",
  "bird",
  "cat",
  "deer",
  "dog",
  "frog",
  "horse",
  "ship",
  "truck",
]);

export interface Cifar10Options extends SourceOptions {
  /** Shape of one example: [32, 32, 3], or [3072] for dense layers. Defaults to *[32, 32, 3]*. */
  readonly shape?: NonNullable<ImageOptions["shape"]>;
}

const size = [32, 32, 3] as const;
const trainFiles = [1, 2, 3, 4, 5].map((batch) => `data_batch_${batch}.png`);

/**
 * CIFAR-10: 50,000 + 10,000 colour photographs of 32 x 32 pixels in 10 classes (`cifar10Classes`),
 * channels last, in the order of the package's batches.
 *
 * Shape:  inputs [count, 32, 32, 3], one byte per value; targets [count].
 * Errors: DataError for files that are missing, damaged, or not CIFAR-10's; OptionError for a
 *         shape that does not hold 3072 values.
 * Source: Krizhevsky 2009, "Learning multiple layers of features from tiny images", section 3.1.
 */
export async function cifar10({ shape = size, ...options }: Cifar10Options = {}): Promise<Dataset> {
  const source = catalogSource(catalog.cifar10, options);
  return cifarSet({ source, shape, perFile: 10_000 });
}

export interface CifarSetOptions {
  readonly source: FileSource;
  readonly shape: NonNullable<ImageOptions["shape"]>;
  /** Images in each of the six PNG files. */
  readonly perFile: number;
}

/** `cifar10` for files that were checked already, of any length. */
export async function cifarSet({ source, shape, perFile }: CifarSetOptions): Promise<Dataset> {
  const name = "cifar10";
  checkImageOptions(name, size, { shape });
  // One after the other: an unpacked batch is 30 MB, and its packed form another 23.
  const train = await readPart(source, trainFiles, "train_lables.json", perFile);
  const test = await readPart(source, ["test_batch.png"], "test_lables.json", perFile);
  return imageDataset({ name, size, train, test, classes: cifar10Classes.length, shape });
}

async function readPart(
  source: FileSource,
  files: readonly string[],
  labelFile: string,
  perFile: number,
): Promise<LabelledImages> {
  const count = files.length * perFile;
  const labels = parseLabels(await source(labelFile), labelFile, count, cifar10Classes.length);
  const width = size[0] * size[1];
  const bytesPerFile = perFile * width * size[2];
  const pixels = new Uint8Array(files.length * bytesPerFile);
  for (const [index, file] of files.entries()) {
    const rows = pngRows(await source(file), file, { width, height: perFile });
    pixels.set(rows, index * bytesPerFile);
  }
  return { pixels, labels };
}

/** A JSON list of `count` whole numbers in [0, classes). */
function parseLabels(bytes: Uint8Array, file: string, count: number, classes: number): Uint8Array {
  const list = parseJson(bytes, file);
  if (!Array.isArray(list) || list.length !== count) {
    throw new DataError(`${file}: must be a list of ${count} labels, got ${describeJson(list)}`);
  }
  const bad = list.findIndex((label) => !isWholeBelow(label, classes));
  if (bad >= 0) {
    throw new DataError(
      `${file}: label ${bad} must be a whole number in [0, ${classes}), got ${describeJson(list[bad])}`,
    );
  }
  return Uint8Array.from(list as number[]);
}
