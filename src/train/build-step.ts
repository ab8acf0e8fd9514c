import { OptionError } from "../base/errors.ts";
import type { Shape, TensorType } from "../base/shape.ts";
import { derivatives } from "../graph/ops/derivative.ts";
import { input } from "../graph/ops/input.ts";
import { state } from "../graph/ops/state.ts";
import type { Program, Slot, Value } from "../graph/value.ts";
import {
  memberTree,
  trace,
  type Loss,
  type MemberTree,
  type Module,
  type NamedMember,
  type Trace,
} from "../nn/index.ts";
import type { Optimizer } from "./optimizer.ts";

export interface StepOptions {
  readonly batchSize: number;
  /** Of one example. */
  readonly inputShape: Shape;
  /** Names and buffers of the model; give the same tree to programs that share parameters. */
  readonly tree?: MemberTree;
}

/** A buffer that the optimizer keeps beside a parameter. */
export interface OptimizerSlot {
  /** Its name in a checkpoint: `optimizer/velocity/0.weight`. */
  readonly path: string;
  readonly slot: Slot;
}

/**
 * One training step as one program, and what its runner must feed.
 *
 * Inputs:  `x` [batch, ...inputShape]; `target`, as the loss says; one key per random layer, named
 *          in `trace.randomStreams`; one scalar per name in `scalars`, as `optimizer/<name>`.
 * Outputs: `loss`, and `correct` if the loss counts classes; both of the batch before the update.
 * Writes:  parameters, running statistics, optimizer buffers.
 */
export interface StepProgram {
  readonly program: Program;
  readonly trace: Trace;
  readonly tree: MemberTree;
  readonly target: TensorType;
  readonly optimizerSlots: readonly OptimizerSlot[];
  /** Names of the optimizer's scalars. */
  readonly scalars: readonly string[];
  readonly batchSize: number;
}

/**
 * Forward, backward, update and running statistics of one step, as one graph.
 *
 * Errors: OptionError for a batch size that is not a positive integer, or a model without
 *         parameters; ShapeError from the layers or the loss.
 */
export function buildStep(
  model: Module,
  loss: Loss,
  optimizer: Optimizer,
  options: StepOptions,
): StepProgram {
  const { batchSize, inputShape, tree = memberTree(model) } = options;
  if (!Number.isSafeInteger(batchSize) || batchSize < 1) {
    throw new OptionError(`buildStep: batchSize must be a positive integer, got ${batchSize}`);
  }
  const traced = trace(model, input("x", [batchSize, ...inputShape]), { phase: "train", tree });
  if (traced.parameters.length === 0) {
    throw new OptionError(`buildStep: the model must have parameters, got none in ${model.label}`);
  }
  const target = loss.target(traced.output);
  const targets = input("target", target.shape, target.dtype);
  const lossValue = loss.apply(traced.output, targets);
  const correct = loss.correct?.(traced.output, targets);
  const gradients = derivatives(
    lossValue,
    traced.parameters.map(({ value }) => value),
  );
  const scalars = Object.fromEntries(
    Object.keys(optimizer.scalars).map((name) => [name, input(scalarInput(name), [])]),
  );
  const updates = traced.parameters.map((parameter, i) =>
    updateOf(optimizer, parameter, gradients[i]!, scalars),
  );
  return {
    program: {
      outputs: correct === undefined ? { loss: lossValue } : { loss: lossValue, correct },
      writes: [
        ...updates.flatMap(({ writes }) => writes),
        ...traced.updates.map(({ slot, value }) => ({ slot, value })),
      ],
    },
    trace: traced,
    tree,
    target,
    optimizerSlots: updates.flatMap(({ slots }) => slots),
    scalars: Object.keys(scalars),
    batchSize,
  };
}

/** Before the names of the optimizer's buffers and scalars; a model's own paths have no slash. */
export const OPTIMIZER_PREFIX = "optimizer/";

/** The program input that carries an optimizer's scalar. */
export function scalarInput(name: string): string {
  return OPTIMIZER_PREFIX + name;
}

function updateOf(
  optimizer: Optimizer,
  { path, slot, value }: NamedMember & { readonly value: Value },
  gradient: Value,
  scalars: Readonly<Record<string, Value>>,
): { readonly slots: readonly OptimizerSlot[]; readonly writes: Program["writes"] } {
  const slots = optimizer.buffers.map((name) => {
    const bufferPath = `${OPTIMIZER_PREFIX}${name}/${path}`;
    return {
      name,
      path: bufferPath,
      slot: { name: bufferPath, shape: slot.shape, dtype: slot.dtype },
    };
  });
  const buffers = Object.fromEntries(slots.map((buffer) => [buffer.name, state(buffer.slot)]));
  const next = optimizer.update({ parameter: value, gradient, buffers, scalars });
  const bufferWrites = slots.map((buffer) => {
    const after = next.buffers[buffer.name];
    if (after !== undefined) return { slot: buffer.slot, value: after };
    throw new OptionError(
      `${optimizer.label}: update must return buffer "${buffer.name}", got none`,
    );
  });
  return { slots, writes: [{ slot, value: next.parameter }, ...bufferWrites] };
}
