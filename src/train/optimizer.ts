import type { Value } from "../graph/value.ts";
import type { ParameterRule } from "./parameter-rule.ts";

/**
 * A number fed at each step: a function of the number of updates done before it, and of what the
 * learning rate is to be multiplied with (see `Controller`; 1 if nothing steers the run).
 */
export type OptimizerScalar = (step: number, rateFactor?: number) => number;

/**
 * How parameters follow their gradients: a plain object, so that a rule of your own is one too.
 * The rule is part of the compiled step; only its `scalars` change from step to step.
 */
export interface Optimizer {
  readonly label: string;
  /** Buffers kept per parameter, of its shape and zero at first, such as `momentum`. */
  readonly buffers: readonly string[];
  /** Numbers fed anew at each step. */
  readonly scalars: Readonly<Record<string, OptimizerScalar>>;
  /** Which parameters weight decay acts on; absent if there is none. */
  readonly decays?: ParameterRule;
  update(context: UpdateContext): ParameterUpdate;
}

export interface UpdateContext {
  /** The parameter's path in the model. */
  readonly path: string;
  /** Before the step. */
  readonly parameter: Value;
  /** d loss / d parameter. */
  readonly gradient: Value;
  /** Before the step, by name. */
  readonly buffers: Readonly<Record<string, Value>>;
  /** f32 scalars, by name. */
  readonly scalars: Readonly<Record<string, Value>>;
}

/** What becomes of the parameter and its buffers. */
export interface ParameterUpdate {
  readonly parameter: Value;
  readonly buffers: Readonly<Record<string, Value>>;
}
