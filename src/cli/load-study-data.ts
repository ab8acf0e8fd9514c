import type { Dataset } from "../data/dataset.ts";
import { catalog } from "../data/catalog.ts";
import { loadByName } from "../data/load-by-name.ts";
import type { Study } from "../experiments/index.ts";
import { oneOf } from "./arguments.ts";
import { catalogNames } from "./catalog-names.ts";
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

/** The study's data set in shared memory; if it is not in the cache, fetched first with progress. */
export async function loadStudyData(
  study: Study,
  { output, signal, from }: LoadOptions,
): Promise<Dataset> {
  if ("generate" in study.data) return shareDataset(await study.data.generate());
  const { options } = study.data;
  const name = oneOf("data set", study.data.name, catalogNames);
  const entry = catalog[name];
  const display = downloadDisplay(name, output);
  const cache: CacheOptions = { signal, onProgress: display.update, onNotice: output.note };
  try {
    if (from !== undefined && (await cacheState(entry)).state !== "complete") {
      await pullData(entry, cache, from);
    }
    const source = cachedSource(entry, cache);
    const data = await loadByName(name, { ...options, source });
    signal.throwIfAborted();
    return shareDataset(data);
  } finally {
    display.done();
  }
}
