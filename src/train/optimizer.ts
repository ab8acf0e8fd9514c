import type { Value } from "../graph/value.ts";
import type { Schedule } from "./schedule.ts";

/**
 * How parameters follow their gradients: a plain object, so that a rule of your own is one too.
 * The rule is part of the compiled step; only its `scalars` change from step to step.
 */
export interface Optimizer {
  readonly label: string;
  /** Buffers kept per parameter, of its shape and zero at first, such as `momentum`. */
  readonly buffers: readonly string[];
  /** Numbers fed anew at each step: functions of the number of updates done before it. */
  readonly scalars: Readonly<Record<string, Schedule>>;
  update(context: UpdateContext): ParameterUpdate;
}

export interface UpdateContext {
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
