/** One run of a comparison: a network made of names and numbers, trained on one split. */
import * as v from "valibot";
import { DataError } from "../../base/errors.ts";
import type { Shape } from "../../base/shape.ts";
import { crossEntropy, meanSquaredError, type Module } from "../../nn/index.ts";
import { adam, adamW, fit, sgd, type Optimizer } from "../../train/index.ts";
import type { Runnable } from "../runnable.ts";
import type { EvaluationPoint, RunRecord } from "../run-record.ts";
import type { Measured } from "../study-parts.ts";
import type { Measure } from "../study.ts";
import { layerSchema } from "./arm-settings.ts";
import type { OptimizerSpec } from "./arm-plan.ts";
import { buildNetwork } from "./build-network.ts";
import type { LayerSpec } from "./layer-catalog.ts";

export const COMPARISON = "compare";
/** Raised when a change here makes earlier runs incomparable: part of every run's id. */
export const COMPARISON_REVISION = 1;

/** All that decides a run besides data, seed and scale. Names and numbers only, never code. */
export interface RunSubject {
  readonly format: 1;
  readonly task: "classification" | "regression";
  /** Classes, or numbers to predict. */
  readonly outputs: number;
  /** Standard deviation that the targets were divided by; 1 for classes. */
  readonly targetSd: number;
  readonly layers: readonly LayerSpec[];
  readonly optimizer: OptimizerSpec;
  readonly batchSize: number;
}

const positive = v.pipe(v.number(), v.finite(), v.gtValue(0));
const share = v.pipe(v.number(), v.minValue(0), v.ltValue(1));

const subjectSchema: v.GenericSchema<unknown, RunSubject> = v.strictObject({
  format: v.literal(1),
  task: v.picklist(["classification", "regression"]),
  outputs: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100_000)),
  targetSd: positive,
  layers: v.pipe(v.array(layerSchema), v.maxLength(200)),
  optimizer: v.strictObject({
    name: v.picklist(["adam", "adamW", "sgd"]),
    learningRate: positive,
    momentum: share,
    weightDecay: v.pipe(v.number(), v.finite(), v.minValue(0)),
  }),
  batchSize: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_536)),
});

/** Errors: DataError for anything but a run's subject of this version. */
export function checkSubject(value: unknown, where: string): RunSubject {
  const result = v.safeParse(subjectSchema, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new DataError(
    `${where}: ${v.getDotPath(issue) ?? "the subject"} must be ${issue.expected ?? issue.message}, got ${issue.received}`,
  );
}

/** The network of a subject, for examples of `shape`. */
export function networkOf({ layers, outputs }: RunSubject, shape: Shape): Module {
  return buildNetwork(layers, shape, outputs);
}

function optimizerOf({ name, learningRate, momentum, weightDecay }: OptimizerSpec): Optimizer {
  if (name === "sgd") return sgd({ learningRate, momentum, weightDecay });
  return (name === "adam" ? adam : adamW)({ learningRate, weightDecay });
}

/** Steps between the reports of a batch's loss. */
const REPORT_EVERY = 20;

/** What `executeRun` carries out for a subject. */
export function comparisonRun(subject: RunSubject, arm: string): Runnable {
  return Object.freeze({
    id: COMPARISON,
    revision: COMPARISON_REVISION,
    protocol: { arms: [{ id: arm }] },
    measures: measuresOf(subject),
    train: ({ seed, scale, data, backend, resume, saveCheckpoint, signal }) =>
      fit(networkOf(subject, data.train.shape), {
        data,
        loss: subject.task === "classification" ? crossEntropy() : meanSquaredError(),
        optimizer: optimizerOf(subject.optimizer),
        steps: scale.steps,
        batchSize: subject.batchSize,
        seed,
        backend,
        reportEvery: REPORT_EVERY,
        evaluateEvery: scale.evaluateEvery,
        checkpointEvery: scale.checkpointEvery,
        onCheckpoint: saveCheckpoint,
        ...(resume && { resumeFrom: resume }),
        ...(signal && { signal }),
      }),
  } satisfies Runnable);
}

/** The measure that arms are compared by. */
export function mainMeasure(task: RunSubject["task"]): "accuracy" | "error" {
  return task === "classification" ? "accuracy" : "error";
}

/** Of the last evaluation; none for a run that diverged. */
function atEnd(record: RunRecord, read: (point: EvaluationPoint) => number | null): Measured {
  const last = record.outcome === "finished" ? record.curve.at(-1) : undefined;
  return { value: last === undefined ? null : read(last), atLeast: false };
}

export function measuresOf({
  task,
  targetSd,
}: Pick<RunSubject, "task" | "targetSd">): Readonly<Record<string, Measure>> {
  const loss: Measure = {
    label: "test loss",
    unit: task === "classification" ? "nats" : "",
    definition: "Mean loss per test example after the last step.",
    digits: 4,
    of: (record) => atEnd(record, (point) => point.loss),
  };
  if (task === "classification") {
    const accuracy: Measure = {
      label: "test accuracy",
      unit: "%",
      definition:
        "Share of test examples classified correctly after the last step, with running statistics.",
      digits: 2,
      of: (record) => atEnd(record, (point) => point.accuracy),
    };
    return { accuracy, loss };
  }
  const error: Measure = {
    label: "root mean squared error",
    unit: "in the target’s unit",
    definition:
      "Root of the mean squared difference between prediction and target over the test examples, after the last step.",
    digits: 4,
    of: (record) => atEnd(record, (point) => Math.sqrt(point.loss) * targetSd),
  };
  return { error, loss };
}
