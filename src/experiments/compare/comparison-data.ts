/** The data of a comparison: every pair's own split, encoded by its training part alone. */
import { OptionError } from "../../base/errors.ts";
import type { Shape } from "../../base/shape.ts";
import {
  encodeSplit,
  hashDataset,
  holdOut,
  imageSplit,
  kFolds,
  knownRows,
  rowsAt,
  targetColumn,
  type Dataset,
  type LabelledImages,
  type RowSplit,
  type Table,
  type TableEncoding,
  type Task,
} from "../../data/index.ts";
import type { Pair } from "./comparison-result.ts";

export interface PairData extends Pair {
  readonly data: Dataset;
  /** How cells became numbers; null for data that were numbers already. */
  readonly encoding: TableEncoding | null;
}

export interface ComparisonData {
  readonly name: string;
  readonly task: Task;
  readonly target: string;
  readonly examples: number;
  /** Names of the classes; null when targets are numbers, or the classes have none. */
  readonly labels: readonly string[] | null;
  readonly classes: number | null;
  readonly pairs: readonly PairData[];
  /** tested / trained, if pairs have splits of their own; 0 if all have one split. */
  readonly ratio: number;
  readonly warnings: readonly string[];
}

export interface FoldOptions {
  readonly seeds: readonly number[];
  /** 1 for a single split per seed. */
  readonly folds: number;
  /** Of a single split. */
  readonly testShare: number;
}

/** Cells of all pairs' data sets together beyond which all seeds share one split: half a gigabyte. */
const MOST_CELLS = 2 ** 27;

/**
 * A table's splits: with folds, each seed divides the rows anew; without, each seed draws a test
 * part of its own. Very large tables have one split for all seeds.
 *
 * Errors: DataError for data that cannot be learned from; OptionError for more folds than rows.
 */
export async function tableComparisonData(
  table: Table,
  { target: name, task }: { readonly target: string; readonly task?: Task | undefined },
  { seeds, folds, testShare }: FoldOptions,
): Promise<ComparisonData> {
  const target = targetColumn(table, name, task);
  const known = knownRows(target);
  const classes = target.task === "classification" ? known.map((row) => target.codes[row]!) : null;
  const splitsOf = (seed: number): RowSplit[] => {
    const options = { seed, classes };
    const splits =
      folds > 1
        ? kFolds(known.length, folds, options)
        : [holdOut(known.length, testShare, options)];
    return splits.map(({ train, test }) => ({
      train: rowsAt(known, train),
      test: rowsAt(known, test),
    }));
  };
  const resampled = folds > 1 || seeds.length * known.length * table.columns.length <= MOST_CELLS;
  const pairs: PairData[] = [];
  const warnings = new Set<string>();
  let shared: PairData | null = null;
  for (const seed of seeds) {
    if (shared !== null && !resampled) {
      pairs.push({ ...shared, seed });
      continue;
    }
    for (const [fold, rows] of splitsOf(seed).entries()) {
      const { encoding, warnings: found, ...data } = await encodeSplit(table, target, rows);
      // One split stands for all: the same sentence with other numbers for each would hide the rest.
      if (pairs.length === 0) for (const each of found) warnings.add(each);
      shared = { seed, fold, data, encoding };
      pairs.push(shared);
    }
  }
  const { train, test } = pairs[0]!.data;
  return {
    name: table.name,
    task: target.task,
    target: name,
    examples: known.length,
    labels: target.task === "classification" ? target.labels : null,
    classes: target.task === "classification" ? target.labels.length : null,
    pairs,
    ratio: resampled ? test.count / train.count : 0,
    warnings: [...warnings],
  };
}

/**
 * Images' splits, as a table's.
 *
 * Errors: OptionError for more folds than images.
 */
export async function imageComparisonData(
  images: LabelledImages,
  { seeds, folds, testShare }: FoldOptions,
): Promise<ComparisonData> {
  const { classes, labels, pixels } = images;
  const resampled = seeds.length * folds * pixels.length <= 4 * MOST_CELLS;
  const pairs: PairData[] = [];
  for (const seed of seeds) {
    const [first] = pairs;
    if (first !== undefined && !resampled) {
      pairs.push({ ...first, seed });
      continue;
    }
    const options = { seed, classes };
    const splits =
      folds > 1 && resampled
        ? kFolds(classes.length, folds, options)
        : [holdOut(classes.length, testShare, options)];
    for (const [fold, rows] of splits.entries()) {
      const parts = {
        train: imageSplit(images, rows.train),
        test: imageSplit(images, rows.test),
        classes: labels.length,
      };
      const data = { name: images.name, hash: await hashDataset(parts), ...parts };
      pairs.push({ seed, fold, data, encoding: null });
    }
  }
  const { train, test } = pairs[0]!.data;
  return {
    name: images.name,
    task: "classification",
    target: "class",
    examples: classes.length,
    labels,
    classes: labels.length,
    pairs,
    ratio: resampled ? test.count / train.count : 0,
    warnings:
      test.count < 100
        ? [`only ${test.count} images to test on: differences must be large to be seen`]
        : [],
  };
}

/**
 * A data set that comes with its split: all seeds share it.
 *
 * Errors: OptionError for folds, which would mix its two parts.
 */
export function datasetComparisonData(
  data: Dataset,
  { seeds, folds }: FoldOptions,
): ComparisonData {
  if (folds > 1) {
    throw new OptionError(
      `${data.name}: has a test set of its own, so folds must be 1, got ${folds}`,
    );
  }
  return {
    name: data.name,
    task: data.classes === null ? "regression" : "classification",
    target: data.classes === null ? "target" : "class",
    examples: data.train.count + data.test.count,
    labels: null,
    classes: data.classes,
    pairs: seeds.map((seed) => ({ seed, fold: 0, data, encoding: null })),
    ratio: 0,
    warnings: [],
  };
}

/** Of one example. */
export function shapeOf({ pairs }: ComparisonData): Shape {
  return pairs[0]!.data.train.shape;
}
