import { join } from "node:path";
import { extract } from "tar";
import { DataError } from "../base/errors.ts";
import type { CatalogEntry } from "../data/catalog.ts";

/**
 * Unpacks the catalog's files, and nothing else, out of a tarball into `folder`.
 * Gives the path of each file that was found, by its name in the catalog.
 *
 * Errors: DataError for a tarball that is damaged.
 */
export async function unpackFiles(
  tarball: string,
  entry: CatalogEntry,
  folder: string,
): Promise<ReadonlyMap<string, string>> {
  const names = new Map(Object.entries(entry.files).map(([name, { path }]) => [path, name]));
  const found = new Map<string, string>();
  try {
    await extract({
      file: tarball,
      cwd: folder,
      // An npm tarball holds one folder, whose name does not matter.
      strip: 1,
      strict: true,
      preserveOwner: false,
      noMtime: true,
      filter: (path, item) => {
        const inside = path.replace(/^[^/]*\//, "");
        const name = names.get(inside);
        if (name === undefined || !("type" in item) || item.type !== "File") return false;
        found.set(name, join(folder, inside));
        return true;
      },
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DataError(`${entry.name}: tarball must be whole, got ${reason} (${tarball})`, {
      cause,
    });
  }
  return found;
}
