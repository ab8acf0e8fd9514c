import { catalog, type CatalogEntry, type CatalogFile } from "./catalog.ts";
import type { Dataset } from "./dataset.ts";
import { catalogSource, type FileSource, type SourceOptions } from "./file-source.ts";
import type { ImageOptions } from "./image-dataset.ts";
import { imageSet } from "./images.ts";

export interface MnistOptions extends ImageOptions, SourceOptions {}

/**
 * MNIST: 60,000 + 10,000 handwritten digits of 28 x 28 pixels in 10 classes, [784] each.
 *
 * The files are compared with the checksums in our catalog, so a single flipped bit is found.
 *
 * Errors: DataError for files that are missing, damaged, or not MNIST's.
 * Source: LeCun, Bottou, Bengio, Haffner 1998, "Gradient-based learning applied to document
 *         recognition", Proc. IEEE 86(11), section III-A.
 */
export async function mnist(options: MnistOptions = {}): Promise<Dataset> {
  const { source, base, ...imageOptions } = options;
  const files = idxSource(catalog.mnist, {
    ...(source && { source }),
    ...(base !== undefined && { base }),
  });
  return imageSet({ ...imageOptions, name: "mnist", classes: 10, source: files });
}

/** IDX files of the catalog: the IDX parser says where a header or a length is wrong. */
export function idxSource(entry: CatalogEntry, options: SourceOptions): FileSource {
  return catalogSource(entry, options, isDamagedIdx);
}

function isDamagedIdx(bytes: Uint8Array, file: CatalogFile): boolean {
  const headerFits = bytes[0] === 0 && bytes[1] === 0 && bytes[2] === 0x08;
  return bytes.length !== file.bytes || !headerFits;
}
