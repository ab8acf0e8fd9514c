import { sizeOf } from "../../base/shape.ts";
import { gatherTargets, shuffledIndices, type Split } from "../../data/index.ts";

/**
 * `count` examples of a split, drawn without replacement by the seed, in random order; the split
 * itself if it has no more.
 *
 * The first of a larger draw are those of a smaller one, so that data sets of one seed are nested.
 */
export function drawExamples(split: Split, count: number, seed: number): Split {
  if (count >= split.count) return split;
  const rows = shuffledIndices(split.count, seed, 0).subarray(0, count);
  const size = sizeOf(split.shape);
  const inputs = new (split.inputs.constructor as Uint8ArrayConstructor | Float32ArrayConstructor)(
    count * size,
  );
  rows.forEach((row, at) =>
    inputs.set(split.inputs.subarray(row * size, (row + 1) * size), at * size),
  );
  const targets = split.targets.slice(0, count * sizeOf(split.targetShape ?? []));
  gatherTargets(split, { rows }, targets);
  return Object.freeze({ ...split, inputs, targets, count });
}
