/** Which rows train and which test: drawn with a seed, every class in its proportion. */
import { DataError, OptionError } from "../../base/errors.ts";
import { shuffledIndices } from "../shuffled-indices.ts";

export interface RowSplit {
  readonly train: Uint32Array;
  readonly test: Uint32Array;
}

export interface SplitOptions {
  readonly seed: number;
  /** Class of each row, so that each class is split in proportion; null to draw from all rows alike. */
  readonly classes: ArrayLike<number> | null;
}

/**
 * One split, with `share` of the rows to test. A class with at least two rows is in both parts.
 *
 * Errors: OptionError unless 0 < share < 1; DataError for fewer than two rows.
 */
export function holdOut(count: number, share: number, options: SplitOptions): RowSplit {
  if (!(share > 0 && share < 1)) {
    throw new OptionError(`holdOut: share must be in (0, 1), got ${share}`);
  }
  const test: number[] = [];
  for (const group of shuffledGroups(count, options, "split")) {
    const wanted = Math.round(group.length * share);
    const taken = group.length < 2 ? 0 : Math.min(group.length - 1, Math.max(1, wanted));
    for (let i = 0; i < taken; i++) test.push(group[i]!);
  }
  return splitBy(count, test);
}

/**
 * `folds` splits whose test parts are disjoint and together all rows.
 *
 * Errors: OptionError unless folds is an integer in [2, count].
 */
export function kFolds(count: number, folds: number, options: SplitOptions): RowSplit[] {
  if (!(Number.isInteger(folds) && folds >= 2 && folds <= count)) {
    throw new OptionError(`kFolds: folds must be an integer in [2, ${count}], got ${folds}`);
  }
  const tests = Array.from({ length: folds }, (): number[] => []);
  let dealt = 0;
  // Dealt like cards, one class after another, the next class where the last one stopped.
  for (const group of shuffledGroups(count, options, "folds")) {
    for (const row of group) tests[dealt++ % folds]!.push(row);
  }
  return tests.map((test) => splitBy(count, test));
}

/** All rows in random order, class by class. */
function shuffledGroups(
  count: number,
  { seed, classes }: SplitOptions,
  stream: string,
): number[][] {
  if (count < 2) throw new DataError(`a split needs at least 2 rows, got ${count}`);
  const groups = new Map<number, number[]>();
  for (const row of shuffledIndices(count, seed, 0, stream)) {
    const key = classes?.[row] ?? 0;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return [...groups].toSorted(([a], [b]) => a - b).map(([, group]) => group);
}

/** Both parts in the order of the file, so that they do not depend on how they were drawn. */
function splitBy(count: number, test: readonly number[]): RowSplit {
  const tested = new Uint8Array(count);
  for (const row of test) tested[row] = 1;
  const parts = { train: new Uint32Array(count - test.length), test: new Uint32Array(test.length) };
  let trained = 0;
  for (let row = 0; row < count; row++) {
    if (tested[row] === 1) parts.test[row - trained] = row;
    else parts.train[trained++] = row;
  }
  return Object.freeze(parts);
}
