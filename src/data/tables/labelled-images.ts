/** Images of one size with their classes, read one after another. */
import { DataError } from "../../base/errors.ts";
import type { Split } from "../dataset.ts";
import { decodeImage, type DecodedImage } from "./decode-image.ts";
import type { BadRow } from "./table.ts";

/** One image file of one class. */
export interface ImageFile {
  readonly label: string;
  /** For messages: its path. */
  readonly file: string;
  read(): Promise<Uint8Array>;
}

export interface LabelledImages {
  readonly name: string;
  /** [height, width, channels]. */
  readonly shape: readonly [number, number, number];
  /** [count, ...shape], one byte per value. */
  readonly pixels: Uint8Array;
  /** Indices into `labels`. */
  readonly classes: Int32Array;
  readonly labels: readonly string[];
  /** Files left out. `line` is their place in the list. */
  readonly skipped: readonly BadRow[];
}

export interface ImageFilesOptions {
  readonly name: string;
  /** Files that may be left out because they are no images of the first one's size. Defaults to *0*. */
  readonly skipBad?: number;
  /** Bytes of pixels. Defaults to *2^31*. */
  readonly maxBytes?: number;
  readonly onProgress?: (read: number, of: number) => void;
}

/** More classes than this are file names, not classes. */
const MOST_CLASSES = 1000;

/**
 * Reads image files into one array. All must have the first one's size; grey ones become coloured
 * if any is.
 *
 * Errors: DataError naming the file, for one that is no image or of another size; for fewer than
 *         two classes, more than 1,000, or too many pixels.
 */
export async function labelledImages(
  files: readonly ImageFile[],
  { name, skipBad = 0, maxBytes = 2 ** 31, onProgress }: ImageFilesOptions,
): Promise<LabelledImages> {
  const labels = [...new Set(files.map(({ label }) => label))].toSorted();
  if (labels.length < 2 || labels.length > MOST_CLASSES) {
    throw new DataError(
      `${name}: must hold 2 to ${MOST_CLASSES} folders of images, one for each class, got ${labels.length}`,
    );
  }
  const images: DecodedImage[] = [];
  const classes: number[] = [];
  const skipped: BadRow[] = [];
  let bytes = 0;
  for (const [index, { label, file, read }] of files.entries()) {
    try {
      const image = decodeImage(await read(), file);
      checkSize(image, images[0], file);
      bytes += 3 * image.width * image.height;
      images.push(image);
      classes.push(labels.indexOf(label));
    } catch (error) {
      if (!(error instanceof DataError) || skipped.length >= skipBad) throw error;
      skipped.push({ line: index + 1, reason: error.message });
    }
    if (bytes > maxBytes) {
      throw new DataError(
        `${name}: must hold at most ${maxBytes} bytes of pixels, got more at ${file}`,
      );
    }
    onProgress?.(index + 1, files.length);
  }
  const { width, height } = images[0]!;
  const channels = images.some((image) => image.channels === 3) ? 3 : 1;
  const size = width * height * channels;
  const pixels = new Uint8Array(images.length * size);
  for (const [index, image] of images.entries()) place(image, channels, pixels, index * size);
  return Object.freeze({
    name,
    shape: [height, width, channels] as const,
    pixels,
    classes: Int32Array.from(classes),
    labels,
    skipped,
  });
}

function checkSize(image: DecodedImage, first: DecodedImage | undefined, file: string): void {
  if (first === undefined) return;
  if (image.width === first.width && image.height === first.height) return;
  throw new DataError(
    `${file}: must be ${first.width} x ${first.height} pixels as the first image is, got ${image.width} x ${image.height}; resize it`,
  );
}

function place(image: DecodedImage, channels: number, into: Uint8Array, at: number): void {
  if (image.channels === channels) {
    into.set(image.pixels, at);
    return;
  }
  for (const [i, level] of image.pixels.entries()) into.fill(level, at + 3 * i, at + 3 * i + 3);
}

/** The images at `rows` as part of a data set. */
export function imageSplit({ shape, pixels, classes }: LabelledImages, rows: Uint32Array): Split {
  const size = shape[0] * shape[1] * shape[2];
  const inputs = new Uint8Array(rows.length * size);
  for (const [i, row] of rows.entries()) {
    inputs.set(pixels.subarray(row * size, (row + 1) * size), i * size);
  }
  return Object.freeze({
    inputs,
    inputScale: 1 / 255,
    targets: Int32Array.from(rows, (row) => classes[row]!),
    shape,
    targetShape: [],
    count: rows.length,
  });
}
