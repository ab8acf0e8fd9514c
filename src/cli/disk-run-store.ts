/** Runs as folders on disk. Whatever moment the machine stops at, every file is whole. */
import { open, readdir, readFile, rm, stat, type FileHandle } from "node:fs/promises";
import { join, resolve } from "node:path";
import { DataError } from "../base/errors.ts";
import type { RunFolder, RunStore } from "../experiments/run-store.ts";
import { atomicWrite, hasCode, isLeftover } from "./atomic-write.ts";
import { makeFolder } from "./make-folder.ts";

const newline = 10;

/**
 * A store that keeps run `id` in `folder/id`.
 *
 * Errors: DataError naming the path and the system's reason if a file cannot be read or written,
 *         or if a line other than a torn last one is not JSON.
 */
export function diskRunStore(folder: string): RunStore {
  return Object.freeze({
    async open(id: string): Promise<RunFolder> {
      if (!/^[\w.-]+$/.test(id) || /^\.+$/.test(id)) {
        throw new DataError(
          `run store: id must be a plain name of letters, digits, . _ -, got ${id}`,
        );
      }
      const path = resolve(folder, id);
      await attempt(path, "created", () => makeFolder(path));
      await removeLeftovers(path);
      return runFolder(path);
    },
  });
}

/**
 * Finds out before any training whether runs can be kept in `folder`: creates it, writes as much
 * as a small run needs, and removes that again.
 *
 * Errors: DataError naming the folder and the system's reason.
 */
export async function checkWritable(folder: string, bytes: number = 1 << 20): Promise<void> {
  const path = resolve(folder);
  await attempt(path, "created", () => makeFolder(path));
  const probe = join(path, `.evenkeel-${process.pid}`);
  try {
    await attempt(path, "written to", () => atomicWrite(probe, new Uint8Array(bytes)));
  } finally {
    await rm(probe, { force: true });
  }
}

function runFolder(location: string): RunFolder {
  // Files known to end in a whole line, so that only the first line pays for looking.
  const whole = new Set<string>();
  let lastAppend: Promise<void> = Promise.resolve();
  const at = (file: string): string => join(location, checkedName(file));
  return Object.freeze({
    location,
    async readText(file: string): Promise<string | null> {
      const bytes = await readIfThere(at(file));
      return bytes === null ? null : new TextDecoder().decode(bytes);
    },
    readBytes: async (file: string): Promise<Uint8Array | null> => readIfThere(at(file)),
    writeText: async (file: string, text: string): Promise<void> =>
      attempt(at(file), "written", () => atomicWrite(at(file), text)),
    writeBytes: async (file: string, bytes: Uint8Array): Promise<void> =>
      attempt(at(file), "written", () => atomicWrite(at(file), bytes)),
    async appendLine(file: string, value: unknown): Promise<void> {
      const append = (): Promise<void> =>
        attempt(at(file), "written", () => appendLine(at(file), value, whole));
      // Lines keep the order in which they were handed over, awaited or not.
      const written = lastAppend.then(append, append);
      lastAppend = written;
      return written;
    },
    async readLines(file: string): Promise<unknown[]> {
      const bytes = await readIfThere(at(file));
      return bytes === null ? [] : parseLines(bytes, at(file));
    },
    async list(): Promise<string[]> {
      const names = await attempt(location, "listed", () => readdir(location));
      return names.filter((name) => !isLeftover(name)).toSorted();
    },
    remove: async (file: string): Promise<void> =>
      attempt(at(file), "removed", () => rm(at(file), { force: true })),
  });
}

function checkedName(file: string): string {
  if (/^[\w.-]+$/.test(file) && !/^\.+$/.test(file)) return file;
  throw new DataError(
    `run folder: file must be a plain name of letters, digits, . _ -, got ${file}`,
  );
}

async function readIfThere(path: string): Promise<Uint8Array | null> {
  try {
    const { buffer, byteOffset, length } = await readFile(path);
    // A Buffer's slice is a view where a Uint8Array's is a copy: only plain bytes leave this room.
    return new Uint8Array(buffer, byteOffset, length);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return null;
    throw failure(path, "read", error);
  }
}

/**
 * One write call per line, so lines of different moments never mix. A torn last line, left by a
 * killed process, is cut off first: otherwise the new line would be glued to it and both be lost.
 */
async function appendLine(path: string, value: unknown, whole: Set<string>): Promise<void> {
  const file = await open(path, "a+");
  try {
    if (!whole.delete(path)) await cutTornLine(file);
    await file.appendFile(`${JSON.stringify(value)}\n`);
    whole.add(path);
  } finally {
    await file.close();
  }
}

async function cutTornLine(file: FileHandle): Promise<void> {
  const { size } = await file.stat();
  if (size === 0) return;
  const last = new Uint8Array(1);
  await file.read(last, 0, 1, size - 1);
  if (last[0] === newline) return;
  const bytes = new Uint8Array(size);
  await file.read(bytes, 0, size, 0);
  await file.truncate(bytes.lastIndexOf(newline) + 1);
}

function parseLines(bytes: Uint8Array, path: string): unknown[] {
  // A line counts from its newline on: whatever follows the last one was cut short.
  const whole = bytes.subarray(0, bytes.lastIndexOf(newline) + 1);
  const lines = new TextDecoder().decode(whole).split("\n").slice(0, -1);
  return lines.map((line, index) => {
    try {
      return JSON.parse(line) as unknown;
    } catch (cause) {
      throw new DataError(`${path}: line ${index + 1} must be JSON, got ${line.slice(0, 60)}`, {
        cause,
      });
    }
  });
}

/** Removes files that a killed process left half-written; younger ones may still be being written. */
async function removeLeftovers(folder: string): Promise<void> {
  const hour = 3600 * 1000;
  const names = await attempt(folder, "listed", () => readdir(folder));
  for (const path of names.filter(isLeftover).map((name) => join(folder, name))) {
    const found = await stat(path).catch(() => null);
    if (found !== null && Date.now() - found.mtimeMs > hour) await rm(path, { force: true });
  }
}

async function attempt<T>(path: string, done: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw failure(path, done, error);
  }
}

function failure(path: string, done: string, error: unknown): DataError {
  const reason = error instanceof Error ? error.message : String(error);
  const full = hasCode(error, "ENOSPC", "EDQUOT") ? "the disk is full: " : "";
  return new DataError(`${path}: could not be ${done}, got ${full}${reason}`, { cause: error });
}
