import type { Dataset } from "../data/dataset.ts";
import { catalog } from "../data/catalog.ts";
import { mnist } from "../data/mnist.ts";
import type { Study } from "../experiments/index.ts";
import { oneOf } from "./arguments.ts";
import { cachedSource, cacheState, pullData, type CacheOptions } from "./data-cache.ts";
import { downloadDisplay } from "./download-display.ts";
import type { Output } from "./output.ts";
import { shareDataset } from "./share-dataset.ts";

export interface LoadOptions {
  readonly output: Output;
  readonly signal: AbortSignal;
  /** A tarball or folder to fill the cache from, instead of the registry. */
  readonly from?: string;
}

/** The study's data set in shared memory; fetched first, with progress, if it is not in the cache. */
export async function loadStudyData(
  study: Study,
  { output, signal, from }: LoadOptions,
): Promise<Dataset> {
  const name = oneOf("data set", study.data.name, Object.keys(catalog) as (keyof typeof catalog)[]);
  const entry = catalog[name];
  const display = downloadDisplay(name, output);
  const cache: CacheOptions = { signal, onProgress: display.update, onNotice: output.note };
  try {
    if (from !== undefined && (await cacheState(entry)).state !== "complete") {
      await pullData(entry, cache, from);
    }
    const data = await mnist({ ...study.data.options, source: cachedSource(entry, cache) });
    signal.throwIfAborted();
    return shareDataset(data);
  } finally {
    display.done();
  }
}
