import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { hasCode } from "./atomic-write.ts";

/**
 * Creates a folder and those above it. Not by `mkdir`'s own `recursive`: where a file system has no
 * such folder and cannot make one (/proc), that tries for ever.
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if (await isFolder(path)) return;
    const parent = dirname(path);
    const missing = hasCode(error, "ENOENT") && parent !== path && !(await isFolder(parent));
    if (!missing) throw error;
    await makeFolder(parent);
    // Another process may have made it in the meantime.
    await mkdir(path).catch(async (again: unknown) => {
      if (!(await isFolder(path))) throw again;
    });
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
