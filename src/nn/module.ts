/**
 * A model is a tree of plain frozen objects. A module holds its parameters and statistics, its
 * submodules, and `apply`, which builds the graph of its output; numbers live elsewhere.
 */
import type { RandomKey } from "../base/random.ts";
import type { Shape } from "../base/shape.ts";
import type { Slot, Value } from "../graph/value.ts";

export type Phase = "train" | "eval";

/** Fills one parameter: element values in row-major order, a pure function of shape and key. */
export type Initializer = (shape: Shape, key: RandomKey) => Float32Array;

/** Learned by the optimizer. */
export interface Parameter {
  readonly kind: "parameter";
  readonly shape: Shape;
  readonly initialize: Initializer;
}

/** Maintained by the layer itself (running means and variances), never by the optimizer. */
export interface Statistic {
  readonly kind: "statistic";
  readonly shape: Shape;
  readonly initialize: Initializer;
}

export interface Module {
  /** The layer's name as messages print it: `batchNorm(100)`. */
  readonly label: string;
  apply(x: Value, pass: Pass): Value;
}

/** What a module may ask for while its graph is traced. */
export interface Pass {
  readonly phase: Phase;
  /** The current value of a parameter or statistic of the model. */
  read(member: Parameter | Statistic): Value;
  /** The value a statistic shall have after this step. Refused in phase `eval`. */
  update(member: Statistic, value: Value): void;
  /** Applies a submodule; errors inside it name its path, and probes see its input and output. */
  apply(module: Module, x: Value): Value;
  /** A key for the module now being applied: a new one at each step, the same in each run. */
  randomKey(): Value;
}

/** Parameters and statistics with their names: `0.weight`, `1.mean`. The order is the model's. */
export interface NamedMember {
  readonly path: string;
  readonly member: Parameter | Statistic;
  readonly slot: Slot;
}
