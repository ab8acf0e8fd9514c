import type { RunFolder, RunStore } from "./run-store.ts";

/** Runs kept in memory, for tests and pages; gone with the object. */
export function memoryStore(): RunStore {
  const folders = new Map<string, RunFolder>();
  return Object.freeze({
    async open(id: string): Promise<RunFolder> {
      const folder = folders.get(id) ?? memoryFolder(id);
      folders.set(id, folder);
      return folder;
    },
  });
}

function memoryFolder(id: string): RunFolder {
  const files = new Map<string, Uint8Array>();
  const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
  const textOf = (file: string): string | null => {
    const bytes = files.get(file);
    return bytes === undefined ? null : new TextDecoder().decode(bytes);
  };
  return Object.freeze({
    location: `memory:${id}`,
    readText: async (file: string) => textOf(file),
    writeText: async (file: string, text: string) => void files.set(file, encode(text)),
    readBytes: async (file: string) => files.get(file)?.slice() ?? null,
    writeBytes: async (file: string, bytes: Uint8Array) => void files.set(file, bytes.slice()),
    async appendLine(file: string, value: unknown) {
      files.set(file, encode(`${textOf(file) ?? ""}${JSON.stringify(value)}\n`));
    },
    readLines: async (file: string) => parseLines(textOf(file) ?? ""),
    list: async () => [...files.keys()],
    remove: async (file: string) => void files.delete(file),
  });
}

/** Whole lines only: what follows the last line break was cut off while being written. */
function parseLines(text: string): unknown[] {
  return text
    .split("\n")
    .slice(0, -1)
    .map((line): unknown => JSON.parse(line));
}
