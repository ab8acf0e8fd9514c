/**
 * Compiled libraries by what they were made of: a folder for each, with the library, its source
 * and the library's hash. A folder is made under a temporary name and then renamed, so it is whole
 * or not there, and of several processes that make the same one the first wins.
 */
import { createHash, randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { hasCode } from "./atomic-write.ts";

/** Libraries kept; the ones not used for longest go first. */
const MOST_KEPT = 400;

/** A temporary folder older than this was left behind by a process that was killed. */
const ABANDONED_MS = 24 * 3600 * 1000;

const LIBRARY = "step.so";
const SOURCE = "step.c";
const DIGEST = "step.sha256";
const TEMPORARY = ".making-";

export interface Made {
  readonly path: string;
  readonly cached: boolean;
}

/** Makes `output` from `source`, file names in `folder`. */
export type Make = (files: {
  readonly folder: string;
  readonly source: string;
  readonly output: string;
}) => Promise<void>;

/**
 * The library of this source, from the cache or by `make`. With `afresh` what the cache has is
 * taken for damaged.
 */
export async function cachedLibrary(
  root: string,
  identity: string,
  source: string,
  make: Make,
  afresh = false,
): Promise<Made> {
  const key = createHash("sha256").update(identity).update("\0").update(source).digest("hex");
  const folder = join(root, key.slice(0, 32));
  if (!afresh && (await isWhole(folder))) {
    const now = new Date();
    await utimes(folder, now, now).catch(() => undefined);
    return { path: join(folder, LIBRARY), cached: true };
  }
  const temporary = join(root, `${TEMPORARY}${randomUUID()}`);
  await mkdir(temporary, { recursive: true, mode: 0o700 });
  try {
    await writeFile(join(temporary, SOURCE), source);
    await make({ folder: temporary, source: SOURCE, output: LIBRARY });
    await writeFile(join(temporary, DIGEST), await digestOf(join(temporary, LIBRARY)));
    await takeName(temporary, folder, afresh);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  await prune(root);
  return { path: join(folder, LIBRARY), cached: false };
}

/** Another process may have been faster: its folder stays, unless it is damaged. */
async function takeName(temporary: string, folder: string, afresh: boolean): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await rename(temporary, folder);
      return;
    } catch (error) {
      if (!hasCode(error, "ENOTEMPTY", "EEXIST", "EPERM") || attempt === 3) throw error;
      if (!(afresh && attempt === 0) && (await isWhole(folder))) return;
      await rm(folder, { recursive: true, force: true });
    }
  }
}

/** Is everything there, and the library what was once written? */
async function isWhole(folder: string): Promise<boolean> {
  try {
    const expected = await readFile(join(folder, DIGEST), "utf8");
    return expected === (await digestOf(join(folder, LIBRARY)));
  } catch {
    return false;
  }
}

async function digestOf(path: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(path))
    .digest("hex");
}

/** Best effort: other processes may be doing the same. */
async function prune(root: string): Promise<void> {
  const now = Date.now();
  const entries = await Promise.all(
    (await readdir(root)).map(async (name) => {
      const path = join(root, name);
      const used = await stat(path).then(
        ({ mtimeMs }) => mtimeMs,
        () => now,
      );
      return { path, used, temporary: name.startsWith(TEMPORARY) };
    }),
  );
  const old = entries
    .filter(({ temporary }) => !temporary)
    .toSorted((a, b) => b.used - a.used)
    .slice(MOST_KEPT);
  const abandoned = entries.filter(({ used, temporary }) => temporary && now - used > ABANDONED_MS);
  for (const { path } of [...old, ...abandoned]) {
    await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}
