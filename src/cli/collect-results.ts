import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { DataError } from "../base/errors.ts";
import type { StudyResult } from "../experiments/index.ts";
import { hasCode } from "./atomic-write.ts";

export interface CollectedResult {
  readonly result: StudyResult;
  /** The study's folder. */
  readonly folder: string;
}

/**
 * The results of all studies kept in `out`, newest first. Folders of single runs, and of studies
 * that are not over, have none.
 *
 * Errors: DataError if `out` cannot be read or a result is not JSON.
 */
export async function collectResults(out: string): Promise<CollectedResult[]> {
  const names = await readdir(resolve(out)).catch((cause: unknown) => {
    throw new DataError(`${out}: must be a folder of runs, got ${String(cause)}`, { cause });
  });
  const found: CollectedResult[] = [];
  for (const name of names) {
    const folder = join(resolve(out), name);
    const plan = await readIfThere(join(folder, "study.json"));
    const text = plan === null ? null : await readIfThere(join(folder, "result.json"));
    if (text !== null) found.push({ folder, result: parse(text, folder) });
  }
  const time = ({ result }: CollectedResult): number => Date.parse(result.provenance.date);
  return found.toSorted((a, b) => time(b) - time(a));
}

function parse(text: string, folder: string): StudyResult {
  try {
    return JSON.parse(text) as StudyResult;
  } catch (cause) {
    throw new DataError(`${folder}/result.json: must be JSON, got ${text.length} characters`, {
      cause,
    });
  }
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR")) return null;
    throw error;
  }
}
