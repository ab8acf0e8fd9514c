/** What is to be predicted: one column of a table, as classes or as numbers. */
import { DataError, OptionError } from "../../base/errors.ts";
import { labelledColumn, moments, numbersOf } from "./column-values.ts";
import { columnNamed, type CategoryColumn, type Column, type Table } from "./table.ts";

export type Task = "classification" | "regression";

export type TargetEncoding =
  | { readonly kind: "class"; readonly name: string; readonly labels: readonly string[] }
  /** (value − mean) / sd. */
  | { readonly kind: "number"; readonly name: string; readonly mean: number; readonly sd: number };

/** Classes that a target may have. */
const MOST_LABELS = 1000;

/** A target's values: class indices, or numbers. Known in every row that is used. */
export type TargetColumn =
  | {
      readonly task: "classification";
      readonly name: string;
      readonly labels: readonly string[];
      readonly codes: Int32Array;
    }
  | { readonly task: "regression"; readonly name: string; readonly values: Float64Array };

/** Integers with at most this many different values are taken for classes unless the task is given. */
const FEW_VALUES = 10;

/**
 * The target of `table`: texts are classes; numbers are classes if they are integers with at most
 * ten different values, unless `task` says otherwise.
 *
 * Errors: DataError for a target of one class only, or texts where numbers are to be predicted;
 *         OptionError for a column the table does not have.
 */
export function targetColumn(table: Table, name: string, task?: Task): TargetColumn {
  const column = columnNamed(table, name);
  const chosen =
    task ??
    (column.kind === "category" || fewIntegers(column.values) ? "classification" : "regression");
  if (chosen === "regression") return { task: chosen, name, values: numbersOf(column, table) };
  const { labels, codes } = orderedLabels(column);
  if (labels.length < 2) {
    throw new DataError(
      `${table.name}: the target "${name}" must have at least 2 classes, got ${labels.length === 0 ? "none" : `only "${labels[0]!}"`}`,
    );
  }
  if (labels.length > MOST_LABELS) {
    throw new DataError(
      `${table.name}: the target "${name}" must have at most ${MOST_LABELS} classes, got ${labels.length}; is it a number to predict?`,
    );
  }
  return { task: chosen, name, labels, codes };
}

function fewIntegers(values: Float64Array): boolean {
  const seen = new Set<number>();
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    if (!Number.isInteger(value)) return false;
    seen.add(value);
    if (seen.size > FEW_VALUES) return false;
  }
  return seen.size > 0;
}

/** Classes that are numbers stand in the order of their values. */
function orderedLabels(column: Column): Pick<CategoryColumn, "labels" | "codes"> {
  const { labels, codes } = labelledColumn(column);
  if (column.kind === "category") return { labels, codes };
  const order = labels
    .map((_, code) => code)
    .toSorted((a, b) => Number(labels[a]) - Number(labels[b]));
  const place = new Int32Array(labels.length);
  order.forEach((code, at) => {
    place[code] = at;
  });
  return {
    labels: order.map((code) => labels[code]!),
    codes: codes.map((code) => (code < 0 ? code : place[code]!)),
  };
}

/**
 * How the target is given to a network, learned from training rows.
 *
 * Errors: DataError for numbers that are all alike there.
 */
export function fitTarget(target: TargetColumn, rows: Uint32Array): TargetEncoding {
  if (target.task === "classification") {
    return { kind: "class", name: target.name, labels: target.labels };
  }
  const { mean, sd } = moments(target.values, rows);
  if (sd > 0) return { kind: "number", name: target.name, mean, sd };
  throw new DataError(`the target "${target.name}" must vary, got ${mean} in every training row`);
}

/**
 * The targets of `rows`: class indices [rows.length], or standardized numbers [rows.length, 1].
 *
 * Errors: OptionError if the two are of different tasks.
 */
export function encodeTargets(
  encoding: TargetEncoding,
  target: TargetColumn,
  rows: Uint32Array,
): Int32Array | Float32Array {
  if (encoding.kind === "class" && target.task === "classification") {
    return Int32Array.from(rows, (row) => target.codes[row]!);
  }
  if (encoding.kind === "number" && target.task === "regression") {
    const { mean, sd } = encoding;
    return Float32Array.from(rows, (row) => (target.values[row]! - mean) / sd);
  }
  throw new OptionError(
    `encodeTargets: both must be of one task, got ${encoding.kind} and ${target.task}`,
  );
}
