import { readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { DataError } from "../base/errors.ts";
import { hasCode } from "./atomic-write.ts";
import { makeFolder } from "./make-folder.ts";

/**
 * Does `work` while run `id` in `folder` is this process's own: two processes that train the same
 * run would mix their events. The lock of a process that is gone counts for nothing.
 *
 * Errors: DataError if another process that is alive holds the run; whatever `work` throws.
 */
export async function whileLocked<T>(
  folder: string,
  id: string,
  work: () => Promise<T>,
): Promise<T> {
  const path = join(resolve(folder), `${id}.lock`);
  await makeFolder(resolve(folder));
  await take(path);
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function take(path: string): Promise<void> {
  for (;;) {
    try {
      await writeFile(path, String(process.pid), { flag: "wx" });
      return;
    } catch (error) {
      if (!hasCode(error, "EEXIST")) throw error;
    }
    const holder = await holderOf(path);
    if (holder !== null && holder !== process.pid && isAlive(holder)) {
      throw new DataError(
        `${path}: this run is being trained by process ${holder}; wait for it, or choose another --out`,
      );
    }
    await rm(path, { force: true });
  }
}

/** Null for a lock that is gone by now, or that its process was killed while writing. */
async function holderOf(path: string): Promise<number | null> {
  const text = await readFile(path, "utf8").catch(() => "");
  const holder = Number(text);
  return Number.isSafeInteger(holder) && holder > 0 ? holder : null;
}

function isAlive(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return hasCode(error, "EPERM");
  }
}
