/** Files that are whole or not there, whenever the process or the machine stops. */
import { randomUUID } from "node:crypto";
import { open, rename, rm, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";

/** Writes beside `path`, waits until the bytes are on the disk, and only then takes the name. */
export async function atomicWrite(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const file = await open(temporary, "wx");
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/** Is `name` what a killed `atomicWrite` leaves behind? */
export function isLeftover(name: string): boolean {
  return /\.[0-9a-f]{8}-[0-9a-f-]{27}\.tmp$/.test(name);
}

/** Makes the names in a folder durable; systems that cannot open a folder do this by themselves. */
export async function syncFolder(folder: string): Promise<void> {
  let handle: FileHandle;
  try {
    handle = await open(folder, "r");
  } catch (error) {
    if (hasCode(error, "EISDIR", "EPERM", "EACCES")) return;
    throw error;
  }
  try {
    await handle.sync();
  } catch (error) {
    if (!hasCode(error, "EINVAL", "EPERM", "EISDIR", "EBADF", "ENOTSUP")) throw error;
  } finally {
    await handle.close();
  }
}

/** Is `error` a system error with one of these codes, such as ENOENT? */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" && codes.includes(code);
}
