/**
 * How a table's cells become a network's numbers, learned from training rows alone. Plain data:
 * stored beside a model, it makes the same numbers of another table.
 */
import { DataError } from "../../base/errors.ts";
import { labelledColumn, moments, numbersOf } from "./column-values.ts";
import { columnNamed, type CategoryColumn, type NumberColumn, type Table } from "./table.ts";
import { fitTarget, type TargetColumn, type TargetEncoding } from "./target-column.ts";

/** One column of a table as one or more of a network's inputs. */
export type FeatureEncoding =
  | {
      /** (value − mean) / sd; 0 where it is missing, and then 1 in a second input if there is one. */
      readonly kind: "number";
      readonly name: string;
      readonly mean: number;
      readonly sd: number;
      readonly marksMissing: boolean;
    }
  | {
      /** One input for each label, 1 for the cell's own; one more for missing cells if there is one. */
      readonly kind: "category";
      readonly name: string;
      readonly labels: readonly string[];
      readonly marksMissing: boolean;
    };

export interface TableEncoding {
  readonly features: readonly FeatureEncoding[];
  readonly target: TargetEncoding;
  /** Columns that are the same in all training rows: they say nothing and are left out. */
  readonly constant: readonly string[];
}

/** Inputs that one column may become. */
const MOST_LABELS = 1000;
/** Inputs in all. */
const MOST_INPUTS = 100_000;

/**
 * The encoding of `table`'s columns, fitted to `rows`.
 *
 * Errors: DataError for a target of one class, a column of more than 1,000 labels, or no column
 *         that says anything.
 */
export function fitEncoding(table: Table, rows: Uint32Array, target: TargetColumn): TableEncoding {
  const constant: string[] = [];
  const features = table.columns.flatMap((column): FeatureEncoding[] => {
    if (column.name === target.name) return [];
    const feature =
      column.kind === "number"
        ? numberFeature(column, rows)
        : categoryFeature(column, rows, table.name);
    if (feature === null) constant.push(column.name);
    return feature ?? [];
  });
  if (features.length === 0) {
    throw new DataError(
      `${table.name}: must have a column that varies, besides the target, got none`,
    );
  }
  const width = inputWidth(features);
  if (width > MOST_INPUTS) {
    throw new DataError(
      `${table.name}: must encode to at most ${MOST_INPUTS} inputs, got ${width}; ignore columns`,
    );
  }
  return { features, target: fitTarget(target, rows), constant };
}

function numberFeature(
  { name, values }: NumberColumn,
  rows: Uint32Array,
): FeatureEncoding[] | null {
  const { mean, sd, count } = moments(values, rows);
  const marksMissing = count > 0 && count < rows.length;
  if (sd === 0 && !marksMissing) return null;
  return [{ kind: "number", name, mean, sd: sd === 0 ? 1 : sd, marksMissing }];
}

function categoryFeature(
  { name, codes, labels }: CategoryColumn,
  rows: Uint32Array,
  table: string,
): FeatureEncoding[] | null {
  const seen = new Uint8Array(labels.length);
  let marksMissing = false;
  for (const row of rows) {
    if (codes[row]! < 0) marksMissing = true;
    else seen[codes[row]!] = 1;
  }
  const kept = labels.filter((_, code) => seen[code] === 1);
  if (kept.length > MOST_LABELS) {
    throw new DataError(
      `${table}: column "${name}" must hold at most ${MOST_LABELS} different texts to be an input, got ${kept.length}; ignore it if it names rows`,
    );
  }
  if (kept.length + (marksMissing ? 1 : 0) < 2) return null;
  return [{ kind: "category", name, labels: kept, marksMissing }];
}

/** Number of a network's inputs. */
export function inputWidth(features: readonly FeatureEncoding[]): number {
  return features.reduce((sum, feature) => sum + widthOf(feature), 0);
}

function widthOf(feature: FeatureEncoding): number {
  return (feature.kind === "number" ? 1 : feature.labels.length) + (feature.marksMissing ? 1 : 0);
}

/**
 * The inputs of `rows`, standardized and one-hot. A label that was not there in training is all
 * zeros; a value farther off than f32 reaches is at f32's end.
 *
 * Shape:  [rows.length, inputWidth(features)], row-major.
 * Errors: OptionError for a column the table does not have, DataError for one of another kind.
 */
export function encodeInputs(
  { features }: Pick<TableEncoding, "features">,
  table: Table,
  rows: Uint32Array,
): Float32Array {
  const width = inputWidth(features);
  const into = new Float32Array(rows.length * width);
  let offset = 0;
  for (const feature of features) {
    const column = columnNamed(table, feature.name);
    if (feature.kind === "number") {
      encodeNumbers(feature, numbersOf(column, table), { rows, into, width, offset });
    } else {
      encodeLabels(feature, labelledColumn(column), { rows, into, width, offset });
    }
    offset += widthOf(feature);
  }
  return into;
}

interface Destination {
  readonly rows: Uint32Array;
  readonly into: Float32Array;
  readonly width: number;
  readonly offset: number;
}

const LARGEST = 3.4028234663852886e38;

function encodeNumbers(
  { mean, sd, marksMissing }: Extract<FeatureEncoding, { kind: "number" }>,
  values: Float64Array,
  { rows, into, width, offset }: Destination,
): void {
  for (let i = 0; i < rows.length; i++) {
    const value = values[rows[i]!]!;
    const at = i * width + offset;
    if (!Number.isNaN(value)) {
      into[at] = Math.min(LARGEST, Math.max(-LARGEST, (value - mean) / sd));
    } else if (marksMissing) {
      into[at + 1] = 1;
    }
  }
}

function encodeLabels(
  { labels, marksMissing }: Extract<FeatureEncoding, { kind: "category" }>,
  column: CategoryColumn,
  { rows, into, width, offset }: Destination,
): void {
  const known = new Map(labels.map((label, place) => [label, place]));
  const places = column.labels.map((label) => known.get(label) ?? -1);
  for (let i = 0; i < rows.length; i++) {
    const code = column.codes[rows[i]!]!;
    const missing = marksMissing ? labels.length : -1;
    const place = code < 0 ? missing : places[code]!;
    if (place >= 0) into[i * width + offset + place] = 1;
  }
}
