/** The data that a comparison names: a file, or a data set of the catalog. */
import { createReadStream } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { DataError, OptionError } from "../../base/errors.ts";
import {
  digitsSample,
  labelledImages,
  readTable,
  type ImageFile,
  type Table,
  type TableOptions,
} from "../../data/index.ts";
import { catalog } from "../../data/catalog.ts";
import { loadByName } from "../../data/load-by-name.ts";
import {
  datasetComparisonData,
  imageComparisonData,
  tableComparisonData,
  type ComparisonData,
  type CompareSpec,
} from "../../experiments/index.ts";
import { catalogNames, SAMPLE } from "../catalog-names.ts";
import { cachedSource } from "../data-cache.ts";
import { downloadDisplay } from "../download-display.ts";
import type { Output } from "../output.ts";
import { shareDataset } from "../share-dataset.ts";
import { showBytes, showCount } from "../units.ts";
import { idxFolder, loadIdxImages } from "./load-idx-images.ts";

/** Bytes read at a time. */
const PIECE = 2 ** 18;
/** Milliseconds between notes on how far a large file has come. */
const NOTE_EVERY = 2000;

/**
 * The comparison's data, every pair's split in shared memory, and notes on what was guessed.
 *
 * Errors: DataError for a file that is not what it should be; OptionError for a specification that
 *         does not fit it.
 */
export async function loadComparisonData(
  spec: CompareSpec,
  output: Output,
  signal: AbortSignal,
): Promise<ComparisonData> {
  const name = catalogNames.find((known) => known === spec.data);
  const data =
    name !== undefined
      ? await fromCatalog(name, spec, output, signal)
      : await (spec.data === SAMPLE ? fromSample(spec) : fromFile(spec, output));
  for (const warning of data.warnings) output.note(`warning: ${warning}`);
  const shared = new Map(
    [...new Set(data.pairs.map((pair) => pair.data))].map((each) => [each, shareDataset(each)]),
  );
  return { ...data, pairs: data.pairs.map((pair) => ({ ...pair, data: shared.get(pair.data)! })) };
}

function seedsOf({ seed: first = 1, seeds }: CompareSpec, usual: number): number[] {
  return Array.from({ length: seeds ?? usual }, (_, i) => first + i);
}

async function fromCatalog(
  name: (typeof catalogNames)[number],
  spec: CompareSpec,
  output: Output,
  signal: AbortSignal,
): Promise<ComparisonData> {
  const entry = catalog[name];
  const display = downloadDisplay(name, output);
  try {
    const source = cachedSource(entry, {
      signal,
      onProgress: display.update,
      onNotice: output.note,
    });
    const data = await loadByName(name, { source });
    const { folds = 1, testShare = 0.2 } = spec;
    return datasetComparisonData(data, { seeds: seedsOf(spec, 5), folds, testShare });
  } finally {
    display.done();
  }
}

async function fromSample(spec: CompareSpec): Promise<ComparisonData> {
  const { folds = 1, testShare = 0.2 } = spec;
  return datasetComparisonData(await digitsSample(), { seeds: seedsOf(spec, 5), folds, testShare });
}

async function fromIdxImages(folder: string, spec: CompareSpec): Promise<ComparisonData> {
  const data = await loadIdxImages(folder);
  const { folds = 1, testShare = 0.2 } = spec;
  return datasetComparisonData(data, { seeds: seedsOf(spec, 5), folds, testShare });
}

async function fromFile(spec: CompareSpec, output: Output): Promise<ComparisonData> {
  const found = await stat(spec.data).catch(() => null);
  const isFolder = found?.isDirectory() === true;
  const idx = found === null ? null : await idxFolder(spec.data, isFolder);
  if (idx !== null) return fromIdxImages(idx, spec);
  if (isFolder) return fromFolder(spec, output);
  const table = await loadTable(spec.data, spec, output);
  const { target, task, folds = 5, testShare = 0.2 } = spec;
  if (target === undefined) {
    const known = table.columns.map((column) => column.name).slice(0, 20);
    throw new OptionError(
      `compare: needs --target, the column to predict; columns: ${known.join(", ")}`,
    );
  }
  const seeds = seedsOf(spec, folds > 1 ? 2 : 5);
  return tableComparisonData(table, { target, task }, { seeds, folds, testShare });
}

/** Reads a table, and says what was guessed of its form. */
export async function loadTable(
  path: string,
  { read = {} }: Pick<CompareSpec, "read">,
  output: Output,
  wanted: Pick<TableOptions, "types" | "only"> = {},
): Promise<Table> {
  const found = await stat(path).catch(() => null);
  if (found === null || !found.isFile()) {
    throw new DataError(
      `${path}: must be a file, got ${found === null ? "nothing of that name" : "something else"}`,
    );
  }
  const { size } = found;
  let noted = performance.now();
  const given = Object.entries(read).filter(([, value]) => value !== undefined);
  const table = await readTable(createReadStream(path, { highWaterMark: PIECE }), {
    ...wanted,
    ...Object.fromEntries(given),
    name: basename(path),
    size,
    onProgress({ bytes, rows }) {
      const now = performance.now();
      if (now - noted < NOTE_EVERY) return;
      noted = now;
      output.note(`read ${showBytes(bytes)} of ${showBytes(size)}, ${showCount(rows)} rows`);
    },
  });
  const form = Object.entries(table.form).map(([what, value]) => `${what} ${value}`);
  output.note(
    `${table.name}: ${showCount(table.rows)} rows, ${table.columns.length} columns (${form.join(", ")})`,
  );
  for (const { line, reason } of table.skipped.slice(0, 10)) {
    output.note(`skipped line ${line}: ${reason}`);
  }
  if (table.skipped.length > 10) output.note(`skipped ${table.skipped.length} lines in all`);
  return table;
}

/** A folder with one folder of images for each class. */
async function fromFolder(spec: CompareSpec, output: Output): Promise<ComparisonData> {
  const folder = spec.data;
  const entries = await readdir(folder, { withFileTypes: true });
  const classes = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const lists = await Promise.all(
    classes.toSorted().map(async (label): Promise<ImageFile[]> => {
      const names = await readdir(join(folder, label));
      const images = names.filter((name) => /\.(png|jpe?g)$/i.test(name)).toSorted();
      return images.map((name) => {
        const file = join(folder, label, name);
        return { label, file, read: async () => new Uint8Array(await readFile(file)) };
      });
    }),
  );
  let noted = performance.now();
  const { skipBad = 0 } = spec.read ?? {};
  const images = await labelledImages(lists.flat(), {
    name: basename(folder),
    skipBad,
    onProgress(read, of) {
      const now = performance.now();
      if (now - noted < NOTE_EVERY) return;
      noted = now;
      output.note(`read ${showCount(read)} of ${showCount(of)} images`);
    },
  });
  for (const { reason } of images.skipped.slice(0, 10)) output.note(`skipped: ${reason}`);
  output.note(
    `${images.name}: ${showCount(images.classes.length)} images of ${images.shape.join(" x ")}, ${images.labels.length} classes`,
  );
  const { folds = 5, testShare = 0.2 } = spec;
  return imageComparisonData(images, { seeds: seedsOf(spec, folds > 1 ? 2 : 5), folds, testShare });
}
