import { OptionError } from "../base/errors.ts";
import type { Shape, TensorType } from "../base/shape.ts";
import { add } from "../graph/ops/add.ts";
import { derivatives } from "../graph/ops/derivative.ts";
import { input } from "../graph/ops/input.ts";
import type { Program, Slot, Value } from "../graph/value.ts";
import {
  memberTree,
  trace,
  type Loss,
  type MemberTree,
  type Module,
  type Trace,
} from "../nn/index.ts";
import { judge } from "../nn/judge.ts";
import { averageWeights, type AverageOptions, type AverageSlot } from "./average-weights.ts";
import { clipGradients, type GradientClip } from "./clip-gradients.ts";
import type { Constraint } from "./max-norm.ts";
import type { Optimizer, OptimizerScalar } from "./optimizer.ts";
import { totalPenalty, type Penalty } from "./penalties.ts";
import { updateParameter, type OptimizerSlot } from "./update-parameter.ts";

/** What a step does beside forward, backward and update. */
export interface StepFeatures {
  /** Bounds the gradients before the optimizer sees them; defaults to *no bound*. */
  readonly clip?: GradientClip | undefined;
  /** Terms added to the loss for the size of the parameters; defaults to *none*. */
  readonly penalties?: readonly Penalty[] | undefined;
  /** What parameters must be after every update, applied in this order; defaults to *none*. */
  readonly constraints?: readonly Constraint[] | undefined;
  /** Keep an exponential moving average of the weights? Defaults to *no*. */
  readonly average?: AverageOptions | undefined;
}

export interface StepOptions extends StepFeatures {
  readonly batchSize: number;
  /** Of one example. */
  readonly inputShape: Shape;
  /** Names and buffers of the model; give the same tree to programs that share parameters. */
  readonly tree?: MemberTree;
  /** Have examples weights of their own, fed as `sampleWeights`? Defaults to *false*. */
  readonly sampleWeights?: boolean;
}

/** A number fed at each step. */
export interface StepScalar {
  /** The input's name. */
  readonly input: string;
  readonly value: OptimizerScalar;
}

/** A persistent buffer of a step, and its name in a checkpoint. */
export interface StepSlot {
  readonly path: string;
  readonly slot: Slot;
}

/**
 * One training step as one program, and what its runner must feed.
 *
 * Inputs:  `x` [batch, ...inputShape]; `target`, as the loss says; `sampleWeights` [batch], if there
 *          are; the loss's constants; one key per random layer, named in `trace.randomStreams`; one
 *          number per entry of `feeds`.
 * Outputs: `loss`, without penalties; `penalty`, if there is one; `correct` if the loss counts
 *          classes; all of the batch before the update.
 * Writes:  parameters, running statistics, optimizer buffers, averages.
 */
export interface StepProgram {
  readonly program: Program;
  readonly trace: Trace;
  readonly tree: MemberTree;
  readonly target: TensorType;
  readonly optimizerSlots: readonly OptimizerSlot[];
  readonly averageSlots: readonly AverageSlot[];
  /** Everything that is kept from step to step: a checkpoint's tensors. */
  readonly slots: readonly StepSlot[];
  /** Names of the optimizer's scalars. */
  readonly scalars: readonly string[];
  /** All numbers fed anew at each step, the optimizer's scalars among them. */
  readonly feeds: readonly StepScalar[];
  readonly loss: Loss;
  readonly batchSize: number;
}

/**
 * Forward, backward, update and running statistics of one step, as one graph.
 *
 * Errors: OptionError for a batch size that is not a positive integer, a model without
 *         parameters, or a feature's option out of range; ShapeError from the layers or the loss.
 */
export function buildStep(
  model: Module,
  loss: Loss,
  optimizer: Optimizer,
  options: StepOptions,
): StepProgram {
  const { batchSize, inputShape, tree = memberTree(model), clip, constraints = [] } = options;
  if (!Number.isSafeInteger(batchSize) || batchSize < 1) {
    throw new OptionError(`buildStep: batchSize must be a positive integer, got ${batchSize}`);
  }
  const traced = trace(model, input("x", [batchSize, ...inputShape]), { phase: "train", tree });
  if (traced.parameters.length === 0) {
    throw new OptionError(`buildStep: the model must have parameters, got none in ${model.label}`);
  }
  const { target, outputs, total } = goal(traced, loss, options);
  const raw = derivatives(
    total,
    traced.parameters.map(({ value }) => value),
  );
  const gradients = clip === undefined ? raw : clipGradients(raw, clip);
  const scalars = Object.keys(optimizer.scalars);
  const inputs = Object.fromEntries(scalars.map((name) => [name, input(scalarInput(name), [])]));
  const updates = traced.parameters.map((parameter, i) =>
    updateParameter({ optimizer, constraints, scalars: inputs }, parameter, gradients[i]!),
  );
  const writes = [
    ...updates.flatMap((update) => update.writes),
    ...traced.updates.map(({ slot, value }) => ({ slot, value })),
  ];
  const average =
    options.average === undefined ? null : averageWeights(tree, options.average, writes);
  const optimizerSlots = updates.flatMap(({ slots }) => slots);
  const averageSlots = average?.slots ?? [];
  return {
    program: { outputs, writes: [...writes, ...(average?.writes ?? [])] },
    trace: traced,
    tree,
    target,
    optimizerSlots,
    averageSlots,
    slots: [...tree.members, ...optimizerSlots, ...averageSlots],
    scalars,
    feeds: [
      ...scalars.map((name) => ({ input: scalarInput(name), value: optimizer.scalars[name]! })),
      ...(average === null ? [] : [average.feed]),
    ],
    loss,
    batchSize,
  };
}

/** The program input that carries an optimizer's scalar. */
export function scalarInput(name: string): string {
  return `optimizer/${name}`;
}

/** The program input that carries the weight of each example. */
export const SAMPLE_WEIGHTS = "sampleWeights";

interface Goal {
  readonly target: TensorType;
  readonly outputs: Readonly<Record<string, Value>>;
  /** What is minimized. */
  readonly total: Value;
}

function goal(
  { output, parameters }: Trace,
  loss: Loss,
  { batchSize, sampleWeights = false, penalties = [] }: StepOptions,
): Goal {
  const target = loss.target(output);
  const targets = input("target", target.shape, target.dtype);
  const weights = sampleWeights ? input(SAMPLE_WEIGHTS, [batchSize]) : null;
  const { loss: judged } = judge(loss, output, targets, weights);
  const penalty = totalPenalty(penalties, parameters);
  const correct = loss.correct?.(output, targets);
  return {
    target,
    outputs: { loss: judged, ...(correct && { correct }), ...(penalty && { penalty }) },
    total: penalty === null ? judged : add(judged, penalty),
  };
}
