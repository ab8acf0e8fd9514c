/** What a data set is to the rest of the house: typed arrays, no tensors, no files. */
import type { Shape } from "../base/shape.ts";

/** One part of a data set: examples and what is to be predicted for them. */
export interface Split {
  /** All examples, row-major [count, ...shape]. Bytes stand for pixels; `inputScale` says how. */
  readonly inputs: Float32Array | Uint8Array;
  /** Class indices, [count], or numbers to regress to, [count, ...targetShape]. */
  readonly targets: Int32Array | Float32Array;
  /** Shape of one example, such as [784] or [28, 28, 1]. */
  readonly shape: Shape;
  /** Shape of one target; [] for a class index. Default []. */
  readonly targetShape?: Shape;
  /** A network sees inputs × inputScale. Default 1; 1/255 for pixels stored as bytes. */
  readonly inputScale?: number;
  readonly count: number;
  /** How much each example counts in the loss, [count], finite and not negative. Default 1 each. */
  readonly weights?: Float32Array;
}

/** A split's inputs alone, such as examples to predict. */
export type Examples = Pick<Split, "inputs" | "shape" | "inputScale" | "count">;

export interface Dataset {
  readonly name: string;
  /** Of the content: two data sets with one hash train alike. */
  readonly hash: string;
  readonly train: Split;
  readonly test: Split;
  /** Number of classes; null when targets are numbers. */
  readonly classes: number | null;
}
