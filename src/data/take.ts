import { OptionError } from "../base/errors.ts";
import { sizeOf } from "../base/shape.ts";
import type { Dataset, Split } from "./dataset.ts";
import { hashDataset } from "./hash.ts";

export interface TakeOptions {
  /** Examples to keep for training. Defaults to *all*. */
  readonly train?: number;
  /** Examples to keep for testing. Defaults to *all*. */
  readonly test?: number;
}

/**
 * The first examples of a data set, as views of its memory, with a hash of their own.
 *
 * Errors: OptionError if a count is not an integer in [1, count].
 */
export async function take(data: Dataset, { train, test }: TakeOptions): Promise<Dataset> {
  const parts = {
    train: takeSplit(data.train, train, "train"),
    test: takeSplit(data.test, test, "test"),
    classes: data.classes,
  };
  return Object.freeze({ name: data.name, hash: await hashDataset(parts), ...parts });
}

function takeSplit(split: Split, count: number | undefined, part: string): Split {
  if (count === undefined) return split;
  if (!Number.isInteger(count) || count < 1 || count > split.count) {
    throw new OptionError(`take: ${part} must be an integer in [1, ${split.count}], got ${count}`);
  }
  return Object.freeze({
    ...split,
    inputs: split.inputs.subarray(0, count * sizeOf(split.shape)),
    targets: split.targets.subarray(0, count * sizeOf(split.targetShape ?? [])),
    ...(split.weights && { weights: split.weights.subarray(0, count) }),
    count,
  });
}
