/** Pixels and labels, however they were published, become a data set. */
import { OptionError } from "../base/errors.ts";
import { sizeOf, showShape, type Shape } from "../base/shape.ts";
import type { Dataset, Split } from "./dataset.ts";
import { hashDataset } from "./hash.ts";

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

export interface LabelledImages {
  /** Row-major [count, ...size]. */
  readonly pixels: Uint8Array;
  /** One class index per image, checked already. */
  readonly labels: Uint8Array;
}

export interface ImageDatasetOptions extends ImageOptions {
  readonly name: string;
  /** Of one image: [rows, columns], or [rows, columns, channels]. */
  readonly size: Shape;
  readonly train: LabelledImages;
  readonly test: LabelledImages;
  readonly classes: number;
}

/**
 * A data set of images. Pixels stay bytes (a quarter of the memory of f32); `inputScale` says what
 * one level is worth.
 *
 * Errors: as `checkImageOptions`.
 */
export async function imageDataset(options: ImageDatasetOptions): Promise<Dataset> {
  const { name, size, binary, classes } = options;
  checkImageOptions(name, size, options);
  const make = ({ pixels, labels }: LabelledImages): Split =>
    Object.freeze({
      inputs: binary === undefined ? pixels : binarize(pixels, binary),
      inputScale: binary === undefined ? 1 / 255 : 1,
      targets: Int32Array.from(labels),
      shape: Object.freeze([...(options.shape ?? [sizeOf(size)])]),
      targetShape: [],
      count: labels.length,
    });
  const train = make(options.train);
  const test = make(options.test);
  const hash = await hashDataset({ train, test, classes });
  return Object.freeze({ name, hash, train, test, classes });
}

/**
 * Checks what can be checked before a file is read; a null size is not known yet.
 *
 * Errors: OptionError for a shape that does not hold an image, or a threshold outside [0, 1).
 */
export function checkImageOptions(
  name: string,
  size: Shape | null,
  { shape, binary }: ImageOptions,
): void {
  if (binary !== undefined && !(binary >= 0 && binary < 1)) {
    throw new OptionError(`${name}: binary must be a threshold in [0, 1), got ${binary}`);
  }
  if (size === null || shape === undefined) return;
  const whole = shape.every((each) => Number.isInteger(each) && each >= 1);
  if (!whole || sizeOf(shape) !== sizeOf(size)) {
    const held = size.length === 2 ? "pixels" : "values";
    throw new OptionError(
      `${name}: shape must hold ${size.join(" x ")} = ${sizeOf(size)} ${held}, got ${showShape(shape)}`,
    );
  }
}

function binarize(pixels: Uint8Array, threshold: number): Uint8Array {
  const highest = Math.floor(threshold * 255);
  const result = new Uint8Array(pixels.length);
  for (let i = 0; i < pixels.length; i++) result[i] = pixels[i]! > highest ? 1 : 0;
  return result;
}
