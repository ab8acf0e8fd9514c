import { OptionError, ShapeError } from "../base/errors.ts";
import { showShape, sizeOf, type Shape } from "../base/shape.ts";
import type { Augmentation, AugmentedBatch } from "./augmentation.ts";

export interface CropAndFlipOptions {
  /** Pixels added on each side before the crop; defaults to *4*. */
  readonly pad?: number;
  /** Mirror half of the images left to right? Defaults to *true*; false for digits. */
  readonly flip?: boolean;
  /**
   * What the network sees in padded pixels, one number or one per channel; defaults to *0*, which is
   * black for pixels that were scaled and not shifted.
   */
  readonly fill?: number | readonly number[];
}

/**
 * The standard augmentation of CIFAR-10: each image is padded on all sides, a part of its own size
 * is cut out at a uniformly random place, and mirrored left to right with probability ½.
 *
 * Shape:  examples [H, W, C] stay [H, W, C].
 * Errors: OptionError for a pad that is not an integer of at least 0 or a fill that is not finite;
 *         ShapeError for examples that are not [H, W, C], or have not as many channels as fill.
 * Source: He et al. 2016, arXiv:1512.03385, section 4.2; Lee et al. 2015, arXiv:1409.5185.
 */
export function cropAndFlip(options: CropAndFlipOptions = {}): Augmentation {
  const { pad = 4, flip = true, fill = 0 } = options;
  const fills = typeof fill === "number" ? [fill] : fill;
  if (!Number.isSafeInteger(pad) || pad < 0) {
    throw new OptionError(`cropAndFlip: pad must be an integer of at least 0, got ${pad}`);
  }
  if (fills.length === 0 || !fills.every(Number.isFinite)) {
    throw new OptionError(`cropAndFlip: fill must be finite numbers, got [${fills.join(", ")}]`);
  }
  const places = 2 * pad + 1;
  let original = new Float32Array(0);

  function apply({ inputs, shape, count, draw }: AugmentedBatch): void {
    const size = sizeOf(shape);
    if (original.length !== size) original = new Float32Array(size);
    for (let example = 0; example < count; example++) {
      const down = Math.floor(draw(example, 0) * places) - pad;
      const right = Math.floor(draw(example, 1) * places) - pad;
      const mirrored = flip && draw(example, 2) < 0.5;
      if (down === 0 && right === 0 && !mirrored) continue;
      const image = inputs.subarray(example * size, (example + 1) * size);
      original.set(image);
      paint(image, fills);
      cut(image, original, { shape, down, right, mirrored });
    }
  }

  return Object.freeze({
    label: `cropAndFlip(${pad}, ${flip ? "flip" : "no flip"}, fill ${fills.join(" ")})`,
    check: (shape) => checkImage(shape, fills.length),
    apply,
  } satisfies Augmentation);
}

function paint(image: Float32Array, fills: readonly number[]): void {
  if (fills.length === 1) image.fill(fills[0]!);
  else for (let i = 0; i < image.length; i++) image[i] = fills[i % fills.length]!;
}

/** image[y, x] ← original[y + down, x + right], mirrored in x, where that is inside. */
function cut(
  image: Float32Array,
  original: Float32Array,
  { shape, down, right, mirrored }: Cut,
): void {
  const [height = 1, width = 1, channels = 1] = shape;
  const rows = { from: Math.max(0, -down), to: Math.min(height, height - down) };
  const columns = { from: Math.max(0, -right), to: Math.min(width, width - right) };
  for (let y = rows.from; y < rows.to; y++) {
    const source = ((y + down) * width + right) * channels;
    const row = y * width * channels;
    if (!mirrored) {
      for (let i = columns.from * channels; i < columns.to * channels; i++) {
        image[row + i] = original[source + i]!;
      }
      continue;
    }
    for (let x = columns.from; x < columns.to; x++) {
      const to = row + (width - 1 - x) * channels;
      const from = source + x * channels;
      for (let c = 0; c < channels; c++) image[to + c] = original[from + c]!;
    }
  }
}

interface Cut {
  readonly shape: Shape;
  readonly down: number;
  readonly right: number;
  readonly mirrored: boolean;
}

function checkImage(shape: Shape, fills: number): void {
  if (shape.length === 3 && (fills === 1 || fills === shape[2])) return;
  const channels = fills === 1 ? "C" : String(fills);
  throw new ShapeError(
    `cropAndFlip: examples must be [H, W, ${channels}], got ${showShape(shape)}`,
  );
}
