/** The four IDX files of a labelled image set, as MNIST is published, from a folder. */
import { readdir, readFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { DataError } from "../../base/errors.ts";
import { parseIdx } from "../../data/idx.ts";
import { imageFiles, imageSet } from "../../data/images.ts";
import type { Dataset } from "../../data/index.ts";

/** Bytes that a file may have once it is unpacked. */
const MOST_BYTES = 2 ** 31;

/**
 * The folder that `path` means: itself, if it holds such files, or its own, if it is one of them;
 * null for anything else.
 */
export async function idxFolder(path: string, isFolder: boolean): Promise<string | null> {
  const files = isFolder ? await readdir(path) : [basename(path)];
  const known = new Set(Object.values(imageFiles).flatMap(namesOf));
  if (!files.some((file) => known.has(file))) return null;
  return isFolder ? path : dirname(path);
}

/** A file may be packed, or have the older name with a dot. */
function namesOf(file: string): string[] {
  const dotted = file.replace("-idx", ".idx");
  return [file, dotted, `${file}.gz`, `${dotted}.gz`];
}

/**
 * Reads them as images of one channel.
 *
 * Errors: DataError for a file that is absent, damaged, or does not fit the others.
 */
export async function loadIdxImages(folder: string): Promise<Dataset> {
  const present = await readdir(folder);
  const source = async (file: string): Promise<Uint8Array> => {
    const found = namesOf(file).find((name) => present.includes(name));
    if (found !== undefined) return readPacked(join(folder, found));
    throw new DataError(`${folder}: must hold ${file}, also as .gz, got no such file`);
  };
  const { dims } = parseIdx(await source(imageFiles.trainImages), imageFiles.trainImages);
  const [, rows = 1, columns = 1] = dims;
  return imageSet({ name: basename(resolve(folder)), source, shape: [rows, columns, 1] });
}

async function readPacked(path: string): Promise<Uint8Array> {
  const bytes = await readFile(path);
  if (!path.endsWith(".gz")) return new Uint8Array(bytes);
  try {
    return new Uint8Array(await promisify(gunzip)(bytes, { maxOutputLength: MOST_BYTES }));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DataError(`${path}: must be a whole gzip file, got ${reason}`, { cause });
  }
}
