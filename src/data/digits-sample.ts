import type { Shape } from "../base/shape.ts";
import type { Dataset, Split } from "./dataset.ts";
import { digitsSampleBytes } from "./digits-sample-bytes.ts";
import { hashDataset } from "./hash.ts";
import { checkImageOptions } from "./image-dataset.ts";

export interface DigitsSampleOptions {
  /** Of one image; defaults to *[784]*. [28, 28, 1] suits convolutions. */
  readonly shape?: Shape;
}

const pixels = 28 * 28;

/**
 * 400 + 100 real MNIST digits that come with the package, every class equally often: for tests,
 * examples and a page's first paint. Too few to judge a network by.
 *
 * Shape:  inputs [count, ...shape], one byte per pixel; targets [count].
 * Errors: OptionError for a shape that does not hold 784 pixels.
 * Source: as `mnist`.
 */
export async function digitsSample(options: DigitsSampleOptions = {}): Promise<Dataset> {
  checkImageOptions("digits-sample", [28, 28], options);
  const { shape = [pixels] } = options;
  const packed = Uint8Array.from(atob(digitsSampleBytes.base64), (char) => char.charCodeAt(0));
  const unpacking = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(unpacking).arrayBuffer());
  const train = splitAt(bytes, 0, digitsSampleBytes.train, shape);
  const test = splitAt(
    bytes,
    digitsSampleBytes.train * (1 + pixels),
    digitsSampleBytes.test,
    shape,
  );
  const hash = await hashDataset({ train, test, classes: 10 });
  return Object.freeze({ name: "digits-sample", hash, train, test, classes: 10 });
}

function splitAt(bytes: Uint8Array, start: number, count: number, shape: Shape): Split {
  return Object.freeze({
    inputs: bytes.subarray(start + count, start + count * (1 + pixels)),
    inputScale: 1 / 255,
    targets: Int32Array.from(bytes.subarray(start, start + count)),
    shape: Object.freeze([...shape]),
    targetShape: [],
    count,
  });
}
