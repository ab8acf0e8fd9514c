/** A table as a data set to train on. */
import { DataError } from "../../base/errors.ts";
import type { Dataset, Split } from "../dataset.ts";
import { hashDataset } from "../hash.ts";
import { holdOut, type RowSplit } from "./split-rows.ts";
import { encodeInputs, fitEncoding, inputWidth, type TableEncoding } from "./table-encoding.ts";
import { tableWarnings } from "./table-warnings.ts";
import type { Table } from "./table.ts";
import { encodeTargets, targetColumn, type TargetColumn, type Task } from "./target-column.ts";

export interface TableDatasetOptions {
  /** The column to predict. */
  readonly target: string;
  /** Defaults to *classification for texts and for integers with at most ten values, else regression*. */
  readonly task?: Task;
  /** Share of the rows to test on, in (0, 1). Defaults to *0.2*. */
  readonly testShare?: number;
  /** Decides which rows. Defaults to *1*. */
  readonly seed?: number;
}

export interface TableDataset extends Dataset {
  /** How cells became numbers; fitted to the training rows alone. */
  readonly encoding: TableEncoding;
  readonly task: Task;
  /** Names of the classes in the order of their indices; null when targets are numbers. */
  readonly labels: readonly string[] | null;
  /** What a reader should know of these data before believing a result, each in a sentence. */
  readonly warnings: readonly string[];
}

/**
 * Splits a table with a seed, class by class if there are classes, and encodes it: numbers
 * standardized, categories one-hot, both as the training rows say. Rows whose target is missing
 * are left out.
 *
 * Errors: DataError for data that cannot be learned from; OptionError for an option out of range.
 */
export async function tableDataset(
  table: Table,
  options: TableDatasetOptions,
): Promise<TableDataset> {
  const target = targetColumn(table, options.target, options.task);
  const known = knownRows(target);
  const classes = target.task === "classification" ? known.map((row) => target.codes[row]!) : null;
  const { testShare = 0.2, seed = 1 } = options;
  const split = holdOut(known.length, testShare, { seed, classes });
  const rows = { train: rowsAt(known, split.train), test: rowsAt(known, split.test) };
  return encodeSplit(table, target, rows);
}

/** Rows whose target is known. Errors: DataError for fewer than two. */
export function knownRows(target: TargetColumn): Uint32Array {
  const count = target.task === "classification" ? target.codes.length : target.values.length;
  const known = new Uint32Array(count);
  let found = 0;
  for (let row = 0; row < count; row++) {
    const missing =
      target.task === "classification" ? target.codes[row]! < 0 : Number.isNaN(target.values[row]!);
    if (!missing) known[found++] = row;
  }
  if (found >= 2) return known.subarray(0, found);
  throw new DataError(`the target "${target.name}" must be known in at least 2 rows, got ${found}`);
}

export function rowsAt(rows: Uint32Array, places: Uint32Array): Uint32Array {
  return places.map((place) => rows[place]!);
}

/** The data set of one split of a table's rows. */
export async function encodeSplit(
  table: Table,
  target: TargetColumn,
  rows: RowSplit,
): Promise<TableDataset> {
  const encoding = fitEncoding(table, rows.train, target);
  const width = inputWidth(encoding.features);
  const part = (chosen: Uint32Array): Split =>
    Object.freeze({
      inputs: encodeInputs(encoding, table, chosen),
      targets: encodeTargets(encoding.target, target, chosen),
      shape: Object.freeze([width]),
      targetShape: target.task === "regression" ? [1] : [],
      count: chosen.length,
    });
  const labels = target.task === "classification" ? target.labels : null;
  const parts = { train: part(rows.train), test: part(rows.test), classes: labels?.length ?? null };
  return Object.freeze({
    name: table.name,
    hash: await hashDataset(parts),
    ...parts,
    encoding,
    task: target.task,
    labels,
    warnings: Object.freeze(tableWarnings(table, target, rows, encoding)),
  });
}
