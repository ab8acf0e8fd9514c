import { DataError, OptionError } from "../base/errors.ts";
import { catalog } from "./catalog.ts";
import type { Dataset } from "./dataset.ts";
import { sha256 } from "./hash.ts";
import { imageSet, type FileSource, type ImageOptions } from "./images.ts";

export interface MnistOptions extends ImageOptions {
  /** Gives the bytes of each of the four IDX files. Defaults to *fetching them from `base`*. */
  readonly source?: FileSource;
  /** The address of the folder that holds the files, ending in a slash. Defaults to *data/mnist/*. */
  readonly base?: string | URL;
}

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
  if (source !== undefined && base !== undefined) {
    throw new OptionError(`mnist: takes either source or base, got both (base ${String(base)})`);
  }
  const files = source ?? fetchFrom(base ?? "data/mnist/");
  const checked: FileSource = async (file) => checkFile(file, await files(file));
  return imageSet({ ...imageOptions, name: "mnist", classes: 10, source: checked });
}

async function checkFile(file: string, bytes: Uint8Array): Promise<Uint8Array> {
  const expected = catalog.mnist.files[file];
  if (expected === undefined) throw new DataError(`mnist: has no file of this name, got ${file}`);
  // A damaged header or length is left to the parser, which can say where the damage is.
  if (bytes.length !== expected.bytes || !headerFits(bytes)) return bytes;
  const found = await sha256(bytes);
  if (found !== expected.sha256) {
    throw new DataError(
      `${file}: expected MNIST's own bytes, SHA-256 ${expected.sha256}, found ${found}`,
    );
  }
  return bytes;
}

function headerFits(bytes: Uint8Array): boolean {
  return bytes[0] === 0 && bytes[1] === 0 && bytes[2] === 0x08;
}

/** Files under one address, as a page serves them. */
export function fetchFrom(base: string | URL): FileSource {
  return async (file) => {
    const address = `${String(base).replace(/\/?$/, "/")}${file}`;
    let response: Response;
    try {
      response = await fetch(address);
    } catch (cause) {
      throw new DataError(`${file}: could not be fetched, got ${String(cause)} (${address})`, {
        cause,
      });
    }
    if (!response.ok) {
      throw new DataError(
        `${file}: could not be fetched, got status ${response.status} (${address})`,
      );
    }
    return new Uint8Array(await response.arrayBuffer());
  };
}
