import { readCsv, type CsvOptions } from "./read-csv.ts";
import type { Table } from "./table.ts";
import { chunksOf, withHead, type ByteSource } from "./utf8-chunks.ts";

/** Options that a file of typed values has no use for are passed over. */
export type TableOptions = CsvOptions;

/**
 * Reads a table from a file's bytes, whole or as a stream: Parquet, NPY and NPZ, told by how they
 * begin, and delimited text, which is what everything else is taken for.
 *
 * Errors: DataError with the place of what is wrong, what was found and what to do; OptionError for
 *         an option out of range.
 */
export async function readTable(source: ByteSource, options: TableOptions = {}): Promise<Table> {
  const { name = "table", ignore, only, maxCells = 2 ** 28 } = options;
  const { head, rest } = await withHead(chunksOf(source), 8);
  const typed = { name, maxCells, ...(ignore && { ignore }), ...(only && { only }) };
  // Decoders that most pages never need are fetched when a file does.
  if (startsWith(head, [0x50, 0x41, 0x52, 0x31])) {
    const { readParquet } = await import("./read-parquet.ts");
    return readParquet(await whole(head, rest), typed);
  }
  if (startsWith(head, [0x93, 0x4e, 0x55, 0x4d])) {
    const { readNpy } = await import("./read-npy.ts");
    return readNpy(await whole(head, rest), typed);
  }
  if (startsWith(head, [0x50, 0x4b, 3, 4]) && name.toLowerCase().endsWith(".npz")) {
    const { readNpz } = await import("./read-npy.ts");
    return readNpz(await whole(head, rest), typed);
  }
  const size = options.size ?? (source instanceof Uint8Array ? source.length : undefined);
  return readCsv(joined(head, rest), { ...options, ...(size !== undefined && { size }) });
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, i) => bytes[i] === byte);
}

async function* joined(
  head: Uint8Array,
  rest: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield head;
  yield* rest;
}

async function whole(head: Uint8Array, rest: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const { head: all } = await withHead(joined(head, rest), Number.POSITIVE_INFINITY);
  return all;
}
