import { copyFile, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { DataError } from "../base/errors.ts";
import type { CatalogEntry } from "../data/catalog.ts";
import { hasCode } from "./atomic-write.ts";
import { unpackFiles } from "./unpack-files.ts";

/**
 * Copies a data set's files from where the user keeps them into `folder`: from the package's
 * tarball, or from a folder that holds them, also gzipped, or under the older names with a dot
 * (`train-images.idx3-ubyte`).
 *
 * Errors: DataError if `from` is neither, or the tarball is damaged. Missing files are left out.
 */
export async function findGivenFiles(
  from: string,
  entry: CatalogEntry,
  folder: string,
): Promise<ReadonlyMap<string, string>> {
  if (!(await isFolder(from, entry))) return unpackFiles(from, entry, folder);
  const found = new Map<string, string>();
  for (const [name, file] of Object.entries(entry.files)) {
    const path = await firstThere(from, [name, file.path]);
    if (path === null) continue;
    const copy = join(folder, name);
    if (path.endsWith(".gz")) await writeFile(copy, await unzip(path, file.bytes));
    else await copyFile(path, copy);
    found.set(name, copy);
  }
  return found;
}

async function isFolder(from: string, entry: CatalogEntry): Promise<boolean> {
  try {
    return (await stat(from)).isDirectory();
  } catch (error) {
    if (!hasCode(error, "ENOENT", "ENOTDIR")) throw error;
    throw new DataError(
      `${entry.name}: path must be a tarball or a folder, got nothing there (${from})`,
      { cause: error },
    );
  }
}

async function firstThere(folder: string, names: readonly string[]): Promise<string | null> {
  const dotted = names.map((name) => name.replace("-idx", ".idx"));
  for (const name of [...names, ...dotted].flatMap((each) => [each, `${each}.gz`])) {
    const path = join(folder, name);
    const there = await stat(path)
      .then((found) => found.isFile())
      .catch(() => false);
    if (there) return path;
  }
  return null;
}

async function unzip(path: string, bytes: number): Promise<Uint8Array> {
  try {
    // One byte more than expected is enough to see that a file is too long.
    return await promisify(gunzip)(await readFile(path), { maxOutputLength: bytes + 1 });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DataError(`${path}: must be a whole gzip file of ${bytes} bytes, got ${reason}`, {
      cause,
    });
  }
}
