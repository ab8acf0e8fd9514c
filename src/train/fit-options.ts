import { OptionError } from "../base/errors.ts";
import type { Augmentation } from "../data/augmentation.ts";
import type { Split } from "../data/dataset.ts";
import type { Loss, Weights } from "../nn/index.ts";
import { checkSeed } from "../nn/weights.ts";
import type { Backend } from "../run/backend.ts";
import type { StepFeatures } from "./build-step.ts";
import type { Controller } from "./controller.ts";
import type { Observer } from "./observer.ts";
import type { Optimizer } from "./optimizer.ts";

/** What a run trains on and is tested on; a `Dataset` is one. */
export interface TrainingData {
  readonly train: Split;
  readonly test?: Split;
  /** Of the content; a run resumes only with the data it began with. */
  readonly hash?: string;
}

interface CommonOptions extends StepFeatures {
  readonly data: TrainingData;
  readonly loss: Loss;
  readonly optimizer: Optimizer;
  /** Examples per step. A last partial batch of an epoch is left out of training. */
  readonly batchSize: number;
  /**
   * Changes the examples of each training batch by chance, such as `cropAndFlip()`; evaluations and
   * population statistics see them as they are. Defaults to *nothing*.
   */
  readonly augment?: Augmentation | undefined;
  /** Decides initialization, batch order, masks and augmentation; an integer in [0, 2⁵³). */
  readonly seed: number;
  /** Stops the run between two steps. */
  readonly signal?: AbortSignal | undefined;
  /** Defaults to *the fastest backend that runs here*. */
  readonly backend?: Backend | undefined;
  /** First values of parameters and statistics; defaults to *`initialize(model, seed)`*. */
  readonly weights?: Weights | undefined;
  /** A checkpoint's bytes: the run goes on from there as if never interrupted. */
  readonly resumeFrom?: Uint8Array | undefined;
  /** Steps between `step` events; defaults to *1*. */
  readonly reportEvery?: number | undefined;
  /** Steps between evaluations; one before the first step and one after the last; defaults to *an epoch*. */
  readonly evaluateEvery?: number | undefined;
  /** Which splits to evaluate; defaults to *the test split, if there is one*. */
  readonly evaluateOn?: readonly ("train" | "test")[] | undefined;
  /**
   * What normalization uses in evaluations; defaults to *"running"*. `"population"` recomputes
   * the statistics over the training split each time (see `populationStatistics`).
   */
  readonly statistics?: "running" | "population" | undefined;
  /**
   * Which weights evaluations use: those that are trained, or their moving averages; defaults to
   * *"weights"*.
   */
  readonly evaluateWith?: "weights" | "average" | undefined;
  /** What steers the run by its evaluations, such as `earlyStopping()`; defaults to *nothing*. */
  readonly steer?: readonly Controller[] | undefined;
  /** Steps between checkpoints, and one after the last; defaults to *none*. */
  readonly checkpointEvery?: number | undefined;
  /** Gets each checkpoint's bytes; the run goes on when it has settled. */
  readonly onCheckpoint?: ((step: number, bytes: Uint8Array) => void | Promise<void>) | undefined;
  /** Look on; their values come as `probe` events. */
  readonly observe?: readonly Observer[] | undefined;
}

/** Exactly one of `epochs` and `steps`. */
export type FitOptions = CommonOptions &
  (
    | { /** Passes over the training split. */ readonly epochs: number; readonly steps?: undefined }
    | { /** Updates. */ readonly steps: number; readonly epochs?: undefined }
  );

/** Options with defaults filled in, checked. */
export interface FitSettings extends CommonOptions {
  readonly steps: number;
  readonly stepsPerEpoch: number;
  readonly reportEvery: number;
  readonly evaluateEvery: number;
  readonly evaluateOn: readonly ("train" | "test")[];
  readonly statistics: "running" | "population";
  readonly evaluateWith: "weights" | "average";
  readonly steer: readonly Controller[];
  /** 0 for never. */
  readonly checkpointEvery: number;
  readonly observe: readonly Observer[];
}

/** Errors: OptionError naming the option, its range and what was given. */
export function checkFitOptions(options: FitOptions): FitSettings {
  const { data, batchSize, seed, epochs, steps, checkpointEvery, onCheckpoint } = options;
  checkSeed(seed, "fit");
  checkCount("batchSize", batchSize);
  if (batchSize > data.train.count) {
    throw new OptionError(
      `fit: batchSize must be at most the ${data.train.count} training examples, got ${batchSize}`,
    );
  }
  if ((epochs === undefined) === (steps === undefined)) {
    throw new OptionError(
      `fit: takes exactly one of epochs and steps, got ${epochs === undefined ? "neither" : "both"}`,
    );
  }
  const stepsPerEpoch = Math.floor(data.train.count / batchSize);
  const {
    reportEvery = 1,
    evaluateEvery = stepsPerEpoch,
    statistics = "running",
    observe = [],
  } = options;
  if (statistics !== "running" && statistics !== "population") {
    throw new OptionError(
      `fit: statistics must be "running" or "population", got ${JSON.stringify(statistics)}`,
    );
  }
  if (checkpointEvery !== undefined && onCheckpoint === undefined) {
    throw new OptionError("fit: checkpointEvery needs onCheckpoint to take the bytes, got none");
  }
  checkDistinct(
    observe.map(({ name }) => name),
    "observers must have distinct names",
  );
  observe.forEach(({ name, every }) => checkCount(`every of observer "${name}"`, every));
  return {
    ...options,
    steps:
      steps === undefined
        ? checkCount("epochs", epochs) * stepsPerEpoch
        : checkCount("steps", steps),
    stepsPerEpoch,
    reportEvery: checkCount("reportEvery", reportEvery),
    evaluateEvery: checkCount("evaluateEvery", evaluateEvery),
    evaluateOn: checkSplits(options),
    statistics,
    evaluateWith: checkEvaluateWith(options),
    steer: checkControllers(options, checkSplits(options)),
    checkpointEvery:
      checkpointEvery === undefined ? 0 : checkCount("checkpointEvery", checkpointEvery),
    observe,
  };
}

function checkSplits({
  data,
  evaluateOn = data.test === undefined ? [] : ["test"],
}: FitOptions): readonly ("train" | "test")[] {
  for (const split of evaluateOn) {
    if ((split !== "train" && split !== "test") || data[split] === undefined) {
      throw new OptionError(
        `fit: evaluateOn must name splits of the data, got ${JSON.stringify(split)}`,
      );
    }
  }
  return evaluateOn;
}

function checkEvaluateWith({
  evaluateWith = "weights",
  average,
}: FitOptions): FitSettings["evaluateWith"] {
  if (evaluateWith !== "weights" && evaluateWith !== "average") {
    throw new OptionError(
      `fit: evaluateWith must be "weights" or "average", got ${JSON.stringify(evaluateWith)}`,
    );
  }
  if (evaluateWith === "weights" || average !== undefined) return evaluateWith;
  throw new OptionError('fit: evaluateWith "average" needs the option average, got none');
}

function checkControllers(
  { steer = [] }: FitOptions,
  evaluated: readonly string[],
): readonly Controller[] {
  for (const { label, watches } of steer) {
    if (watches === undefined || evaluated.includes(watches)) continue;
    throw new OptionError(
      `fit: ${label} watches the ${watches} split, so evaluateOn must name it, got ${JSON.stringify(evaluated)}`,
    );
  }
  checkDistinct(
    steer.map(({ label }) => label),
    "controllers must have distinct labels",
  );
  const keepers = steer.filter(({ keepsBest }) => keepsBest).map(({ label }) => label);
  if (keepers.length <= 1) return steer;
  throw new OptionError(
    `fit: at most one controller may keep the best weights, got ${keepers.join(" and ")}`,
  );
}

function checkDistinct(names: readonly string[], rule: string): void {
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice === undefined) return;
  throw new OptionError(`fit: ${rule}, got "${twice}" twice`);
}

function checkCount(option: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new OptionError(`fit: ${option} must be a positive integer, got ${value}`);
}
