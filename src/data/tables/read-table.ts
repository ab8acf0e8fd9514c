import { readCsv, type CsvOptions } from "./read-csv.ts";
import type { Table } from "./table.ts";
import type { ByteSource } from "./utf8-chunks.ts";

export type TableOptions = CsvOptions;

/**
 * Reads a table from a file's bytes, whole or as a stream.
 *
 * Errors: as `readCsv`.
 */
export async function readTable(source: ByteSource, options: TableOptions = {}): Promise<Table> {
  return readCsv(source, options);
}
