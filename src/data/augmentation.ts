import { streamKey, uniform } from "../base/random.ts";
import type { Shape } from "../base/shape.ts";

/** What a training batch goes through before a network sees it, as plain data. */
export interface AugmentedBatch {
  /** Row-major [count, ...shape], as the network would see it; changed in place. */
  readonly inputs: Float32Array;
  /** Of one example. */
  readonly shape: Shape;
  readonly count: number;
  /**
   * The draw of number `index` (0, 1, …) for an example of the batch, uniform in [0, 1): a pure
   * function of seed, step, example and index.
   */
  readonly draw: (example: number, index: number) => number;
}

/** Changes the examples of a training batch by chance: a plain object, so that your own is one too. */
export interface Augmentation {
  /** Such as `cropAndFlip(4, flip, fill 0)`; two that do not do the same must not have the same. */
  readonly label: string;
  /** Throws ShapeError for examples that it cannot change. */
  check(shape: Shape): void;
  apply(batch: AugmentedBatch): void;
}

/** Applies an augmentation to the batch of step `step` (0 is the first) of a run with `seed`. */
export function augmentBatch(
  augmentation: Augmentation,
  batch: Omit<AugmentedBatch, "draw">,
  { seed, step }: { readonly seed: number; readonly step: number },
): void {
  const key = streamKey(seed, "augment", step);
  const draw = (example: number, index: number): number =>
    uniform(index * batch.count + example, key);
  augmentation.apply({ ...batch, draw });
}
