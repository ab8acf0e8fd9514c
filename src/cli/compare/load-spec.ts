/** A comparison's specification from a file. */
import { readFile, stat } from "node:fs/promises";
import { dirname, extname, isAbsolute, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parse } from "yaml";
import { DataError } from "../../base/errors.ts";
import { checkSpec, type CompareSpec } from "../../experiments/index.ts";
import { catalogNames, SAMPLE } from "../catalog-names.ts";

const MOST_BYTES = 2 ** 20;
const code = [".ts", ".mts", ".js", ".mjs"];

/** Is this a file that specifies a comparison, not one of data? */
export function isSpec(path: string): boolean {
  return [".yaml", ".yml", ".json", ...code].includes(extname(path).toLowerCase());
}

/**
 * The specification in a file: YAML, JSON, or the default export of a module, which is run by the
 * user's own hand and is plain data from here on. A path in it is taken from the file's folder.
 *
 * Errors: DataError for a file that cannot be read or parsed; OptionError for what is wrong in it.
 */
export async function loadSpec(path: string): Promise<CompareSpec> {
  const spec = checkSpec(await readSpec(path), path);
  const named = [...catalogNames, SAMPLE].some((name) => name === spec.data);
  return named || isAbsolute(spec.data) ? spec : { ...spec, data: join(dirname(path), spec.data) };
}

async function readSpec(path: string): Promise<unknown> {
  const extension = extname(path).toLowerCase();
  try {
    if (code.includes(extension)) {
      const module = (await import(pathToFileURL(resolve(path)).href)) as { default?: unknown };
      return module.default;
    }
    const { size } = await stat(path);
    if (size > MOST_BYTES) {
      throw new DataError(`must be at most ${MOST_BYTES} bytes long, got ${size}`);
    }
    const text = await readFile(path, "utf8");
    return extension === ".json" ? JSON.parse(text) : parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DataError(`${path}: must be a specification that can be read, got ${reason}`, {
      cause,
    });
  }
}
