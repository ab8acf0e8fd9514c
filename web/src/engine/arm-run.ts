/** One arm with one seed: a run of the library that can be changed while it goes on. */
import type { Dataset } from "evenkeel/data";
import { crossEntropy, meanSquaredError, type Module, type Weights } from "evenkeel/nn";
import type { Backend } from "evenkeel/run";
import {
  adagrad,
  adam,
  adamW,
  fit,
  type Optimizer,
  rmsProp,
  type Run,
  sgd,
  type TrainEvent,
} from "evenkeel/train";
import { buildModel } from "./build-model.ts";
import { changesOf } from "./changes.ts";
import type { Change, LayerSpec, OptimizerSpec, TrainSpec } from "./protocol.ts";
import { observersFor } from "./watches.ts";

export interface ArmRun {
  /** The run's next event, or null once it is over. */
  next(): Promise<TrainEvent | null>;
  /** Updates done. */
  step(): number;
  model(): Module;
  weights(): Weights;
}

export interface ArmRunSettings {
  readonly spec: TrainSpec;
  readonly arm: number;
  readonly seed: number;
  readonly data: Dataset;
  readonly backend: Backend;
  /** Grows while the training goes on; whoever adds a change adds it for a step not yet made. */
  readonly changes: readonly Change[];
  readonly signal: AbortSignal;
}

/** A run up to a change of its network, and the events not yet handed on. */
interface Leg {
  readonly model: Module;
  readonly run: Run;
  readonly events: AsyncIterator<TrainEvent>;
  readonly dropoutRate: number | null;
}

/**
 * Starts an arm. A new learning rate is a matter of the schedule; a new dropout rate is another
 * program, so the run is saved, and goes on with that program from what was saved: both are
 * functions of the description alone, and repeat bitwise.
 *
 * Errors: what the library says of options, shapes and data.
 */
export function startArm(settings: ArmRunSettings): ArmRun {
  let step = 0;
  let leg = openLeg(settings, 0, undefined);

  async function next(): Promise<TrainEvent | null> {
    const wanted = changesOf(settings.changes, settings.arm).dropoutRate(step);
    if (wanted !== leg.dropoutRate && step < settings.spec.steps) {
      const saved = leg.run.checkpoint();
      await leg.events.return?.();
      leg = openLeg(settings, step, saved);
      // It says where it starts; whoever looks on knows.
      await leg.events.next();
    }
    const result = await leg.events.next();
    if (result.done === true) return null;
    if (result.value.type === "step") ({ step } = result.value);
    return result.value;
  }

  return { next, step: () => step, model: () => leg.model, weights: () => leg.run.weights() };
}

function openLeg(
  { spec, arm, seed, data, backend, changes, signal }: ArmRunSettings,
  step: number,
  resumeFrom: Uint8Array | undefined,
): Leg {
  const armSpec = spec.arms[arm]!;
  const dropoutRate = changesOf(changes, arm).dropoutRate(step);
  const model = buildModel(withDropout(armSpec.layers, dropoutRate), siteOf(data));
  const learningRate = (at: number): number =>
    changesOf(changes, arm).learningRate(at) ?? armSpec.optimizer.learningRate;
  const loss = data.classes === null ? meanSquaredError() : crossEntropy();
  const run = fit(model, {
    data,
    loss,
    optimizer: optimizerOf(armSpec.optimizer, learningRate),
    batchSize: armSpec.batchSize ?? spec.batchSize,
    steps: spec.steps,
    seed,
    backend,
    signal,
    evaluateEvery: spec.evaluateEvery,
    evaluateOn: spec.evaluateOn,
    observe: observersFor(spec.watch ?? [], { arm, data, loss, learningRate }),
    resumeFrom,
  });
  return { model, run, events: run[Symbol.asyncIterator](), dropoutRate };
}

/** What a network for this data is given and has to give. */
function siteOf({ train, classes }: Dataset): {
  readonly inputShape: readonly number[];
  readonly outputs: number;
} {
  const { shape, targetShape = [] } = train;
  return { inputShape: shape, outputs: classes ?? targetShape.reduce((size, n) => size * n, 1) };
}

/** The layers with another dropout rate, where there is one. */
function withDropout(layers: readonly LayerSpec[], rate: number | null): readonly LayerSpec[] {
  if (rate === null) return layers;
  const drops = new Set([
    "dropout",
    "spatialDropout",
    "gaussianDropout",
    "alphaDropout",
    "dropBlock",
  ]);
  return layers.map((layer) => (drops.has(layer.kind) ? { ...layer, rate } : layer));
}

function optimizerOf(
  { kind, momentum = 0, weightDecay = 0 }: OptimizerSpec,
  learningRate: (step: number) => number,
): Optimizer {
  const common = { learningRate, ...(weightDecay > 0 && { weightDecay }) };
  switch (kind) {
    case "sgd":
      return sgd({ ...common, momentum });
    case "adam":
      return adam(common);
    case "adamW":
      return adamW(common);
    case "rmsProp":
      return rmsProp({ ...common, momentum });
    case "adagrad":
      return adagrad(common);
  }
}
