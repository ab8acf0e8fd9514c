/** A table of the reader's own: read in this tab, by the library's reader. */
import { readTable, type Table, tableDataset } from "evenkeel/data";
import type { OwnData } from "../engine/index.ts";

/** Errors: DataError saying line and column, what was found and what to do. */
export async function readOwnTable(file: File): Promise<Table> {
  return readTable(new Uint8Array(await file.arrayBuffer()), { name: file.name });
}

export interface OwnResult {
  readonly data: OwnData;
  /** What was understood, in a sentence. */
  readonly about: string;
  readonly warnings: readonly string[];
}

/** Errors: DataError for data that cannot be learned from. */
export async function tableToData(table: Table, target: string): Promise<OwnResult> {
  const found = await tableDataset(table, { target });
  const { name, hash, classes, train, test, task, warnings } = found;
  const wanted =
    task === "classification" ? `${classes} classes of “${target}”` : `the number “${target}”`;
  return {
    data: { name, hash, classes, train, test },
    about: `${train.count} rows to train and ${test.count} to test; ${train.shape.join(" × ")} inputs; to predict: ${wanted}.`,
    warnings,
  };
}
