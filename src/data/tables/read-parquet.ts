import { parquetMetadataAsync, parquetRead, parquetSchema, type FileMetaData } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { DataError } from "../../base/errors.ts";
import type { Column, Table } from "./table.ts";
import { valueColumn } from "./value-column.ts";

export interface TypedFileOptions {
  /** Of the file, for messages. */
  readonly name: string;
  readonly ignore?: readonly string[];
  readonly only?: readonly string[];
  /** Rows times columns. */
  readonly maxCells: number;
}

/**
 * Reads a Parquet file, column by column.
 *
 * Errors: DataError for a damaged file, nested columns, or one that is too large. A file whose pages
 *         lie about their length can keep the decoder busy for minutes: read files you trust.
 */
export async function readParquet(bytes: Uint8Array, options: TypedFileOptions): Promise<Table> {
  const { name, ignore = [], only, maxCells } = options;
  const file = {
    byteLength: bytes.length,
    slice: (start: number, end?: number): ArrayBuffer =>
      new Uint8Array(bytes.subarray(start, end)).buffer,
  };
  const metadata = await attempt(name, () => parquetMetadataAsync(file));
  const names = columnNames(metadata, name);
  const wanted = names.filter((each) => !ignore.includes(each) && (only?.includes(each) ?? true));
  const rows = Number(metadata.num_rows);
  if (rows < 1) throw new DataError(`${name}: must hold at least one row, got ${rows}`);
  if (rows * wanted.length > maxCells) {
    throw new DataError(
      `${name}: must have at most ${maxCells} cells, got ${rows} rows of ${wanted.length}; ignore columns or raise maxCells`,
    );
  }
  const columns: Column[] = [];
  // One at a time: only one column is ever held as values of JavaScript.
  for (const column of wanted) {
    columns.push(
      valueColumn(column, await readColumn(name, column, { file, metadata, rows }), name),
    );
  }
  return Object.freeze({
    name,
    rows,
    columns: Object.freeze(columns),
    form: Object.freeze({ format: "Parquet" }),
    skipped: [],
  });
}

interface OpenFile {
  readonly file: { readonly byteLength: number; slice(start: number, end?: number): ArrayBuffer };
  readonly metadata: FileMetaData;
  readonly rows: number;
}

async function readColumn(
  name: string,
  column: string,
  { file, metadata, rows }: OpenFile,
): Promise<unknown[]> {
  const values = new Array<unknown>(rows).fill(null);
  let found = 0;
  await attempt(name, () =>
    parquetRead({
      file,
      metadata,
      compressors,
      columns: [column],
      onChunk({ columnData, rowStart }) {
        for (let i = 0; i < columnData.length; i++) values[rowStart + i] = columnData[i];
        found += columnData.length;
      },
    }),
  );
  if (found === rows && values.length === rows) return values;
  throw new DataError(`${name}: column "${column}" must have ${rows} rows, got ${found}`);
}

function columnNames(metadata: FileMetaData, name: string): string[] {
  return parquetSchema(metadata).children.map((child) => {
    if (child.children.length === 0) return child.element.name;
    throw new DataError(
      `${name}: columns must be flat, got "${child.element.name}" with ${child.children.length} inside; flatten it first`,
    );
  });
}

async function attempt<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DataError(`${name}: must be a whole Parquet file, got ${reason.slice(0, 200)}`, {
      cause,
    });
  }
}
