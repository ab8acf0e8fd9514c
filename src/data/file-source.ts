/** Where the bytes of a data set's files come from, and whether they are the right ones. */
import { DataError, OptionError } from "../base/errors.ts";
import type { CatalogEntry, CatalogFile } from "./catalog.ts";
import { sha256 } from "./hash.ts";

/** Gives a file's bytes by its name: from a disk, a server, a test. */
export type FileSource = (file: string) => Promise<Uint8Array>;

export interface SourceOptions {
  /** Gives the bytes of each file by its name in the catalog. Defaults to *fetching it from `base`*. */
  readonly source?: FileSource;
  /** The address of the folder that holds the files. Defaults to *data/NAME/*. */
  readonly base?: string | URL;
}

/**
 * The files of a data set of the catalog, each compared with its checksum there, so a single
 * flipped bit is found. A file that `parserKnows` to be damaged is handed on as it is: the parser
 * can say where the damage is.
 *
 * Errors: OptionError for both a source and a base. DataError, when a file is asked for, if there
 *         is none of that name, it cannot be had, or it has other bytes.
 */
export function catalogSource(
  entry: CatalogEntry,
  { source, base }: SourceOptions,
  parserKnows: (bytes: Uint8Array, file: CatalogFile) => boolean = () => false,
): FileSource {
  if (source !== undefined && base !== undefined) {
    throw new OptionError(
      `${entry.name}: takes either source or base, got both (base ${String(base)})`,
    );
  }
  const files = source ?? fetchFrom(base ?? `data/${entry.name}/`);
  return async (name) => {
    const file = entry.files[name];
    if (file === undefined) {
      throw new DataError(`${entry.name}: has no file of this name, got ${name}`);
    }
    const bytes = await files(name);
    if (!parserKnows(bytes, file)) await checkBytes(bytes, name, file, entry.name);
    return bytes;
  };
}

async function checkBytes(
  bytes: Uint8Array,
  name: string,
  file: CatalogFile,
  set: string,
): Promise<void> {
  if (bytes.length !== file.bytes) {
    throw new DataError(
      `${name}: expected the ${file.bytes} bytes of ${set}, found ${bytes.length} bytes`,
    );
  }
  const found = await sha256(bytes);
  if (found !== file.sha256) {
    throw new DataError(
      `${name}: expected the bytes of ${set}, SHA-256 ${file.sha256}, found ${found}`,
    );
  }
}

/** Files under one address, as a page serves them. */
export function fetchFrom(base: string | URL): FileSource {
  return async (file) => {
    const address = `${String(base).replace(/\/?$/, "/")}${file}`;
    let response: Response;
    try {
      response = await fetch(address);
    } catch (cause) {
      throw new DataError(`${file}: could not be fetched, got ${String(cause)} (${address})`, {
        cause,
      });
    }
    if (!response.ok) {
      throw new DataError(
        `${file}: could not be fetched, got status ${response.status} (${address})`,
      );
    }
    return new Uint8Array(await response.arrayBuffer());
  };
}
