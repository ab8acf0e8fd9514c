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

export type Member = Parameter | Statistic;

export interface Module {
  /** The layer's name as messages print it: `batchNorm(100)`. */
  readonly label: string;
  apply(x: Value, pass: Pass): Value;
  /**
   * What the layer does in phase `eval`, if that is one factor and one offset per channel:
   * y = factor · x + offset. Folding takes such layers away. Absent or null if it is not.
   */
  testAffine?(valueOf: (member: Member) => Float32Array): ChannelAffine | null;
}

/** One number for all channels, or one each. */
export interface ChannelAffine {
  readonly factor: number | Float64Array;
  readonly offset: number | Float64Array;
}

/** A module with a weight whose last axis is its output's last axis: a dense layer, a convolution. */
export interface WeightedModule extends Module {
  readonly weight: Parameter;
  /** [out]. */
  readonly bias: Parameter | null;
  /** Is factor · output + offset the same as a layer with other weight and bias? Then it folds. */
  readonly foldable?: true;
  /** What stands in the weight's place in phase `eval`, of a module that computes it from others. */
  testWeight?(valueOf: (member: Member) => ArrayLike<number>): Float64Array;
}

/** What a module may ask for while its graph is traced. */
export interface Pass {
  readonly phase: Phase;
  /** Are random layers drawing? As a rule in `train` only; Monte-Carlo dropout draws in `eval`. */
  readonly noise: boolean;
  /** Do all examples of a batch get one draw? As a rule each gets its own. */
  readonly sharedNoise: boolean;
  /** The current value of a parameter or statistic of the model. */
  read(member: Member): Value;
  /** After this step: statistic ← decay · statistic + (1 − decay) · batchValue. Only in `train`. */
  blend(statistic: Statistic, batchValue: Value, options: { readonly decay: number | Value }): void;
  /** After this step: statistic ← value, for rules other than `blend`'s. Only in `train`. */
  update(statistic: Statistic, value: Value): void;
  /**
   * Applies a submodule; errors inside it name its path, and probes see its input and output.
   * Inside, reading a member that `instead` names gives the value it has there.
   */
  apply(module: Module, x: Value, instead?: ReadonlyMap<Member, Value>): Value;
  /** A key for the module now being applied: a new one at each step, the same in each run. */
  randomKey(): Value;
}

/** Parameters and statistics with their names: `0.weight`, `1.mean`. The order is the model's. */
export interface NamedMember {
  readonly path: string;
  readonly member: Member;
  readonly slot: Slot;
}

/** A learned tensor of a layer. Keep it as a property of the module, so that the model finds it. */
export function parameter(shape: Shape, initialize: Initializer): Parameter {
  return Object.freeze({ kind: "parameter", shape: Object.freeze([...shape]), initialize });
}

/** A tensor that a layer keeps from step to step without learning it, such as a running mean. */
export function statistic(shape: Shape, initialize: Initializer): Statistic {
  return Object.freeze({ kind: "statistic", shape: Object.freeze([...shape]), initialize });
}

/**
 * A layer of your own: a label, what it holds (parameters, statistics, modules, and arrays or
 * objects of them), and its function. A plain object with `label` and `apply` is a module too.
 */
export function defineModule<const Held extends object>(
  label: string,
  held: Held,
  apply: (x: Value, pass: Pass, held: Held) => Value,
): Readonly<Held> & Module {
  return Object.freeze({ ...held, label, apply: (x: Value, pass: Pass) => apply(x, pass, held) });
}
