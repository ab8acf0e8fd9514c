import { DataError, OptionError } from "../base/errors.ts";
import { checkWeights, readSafetensors, writeSafetensors, type Weights } from "../nn/index.ts";
import type { StepSlot } from "./build-step.ts";
import { readMemories, type Memories } from "./controller.ts";

/** What a checkpoint says about its run, beside the tensors. */
export interface CheckpointHeader {
  /** Updates done. */
  readonly step: number;
  readonly seed: number;
  readonly batchSize: number;
  /** Of the data set; "" if it has none. */
  readonly data: string;
  /** The optimizer's label. */
  readonly optimizer: string;
  /** Sums over the batches of the epoch so far, so that its mean survives a resume. */
  readonly epochLoss: number;
  readonly epochCorrect: number;
  /** Are evaluations or the end of an epoch that belong to this step still to be done? */
  readonly pending: boolean;
  /** What each controller remembers, by its label; {} if nothing steers the run. */
  readonly steering: Memories;
}

export interface Checkpoint {
  readonly header: CheckpointHeader;
  /**
   * Parameters and running statistics; the optimizer's buffers as `optimizer/<buffer>/<path>`;
   * averages as `average/<path>`; the best weights so far, if a controller keeps them, as
   * `best/<path>`.
   */
  readonly tensors: Weights;
  /** Those of them that are the model's: what `evaluate` and `predict` take. */
  readonly weights: Weights;
}

/** Before the paths of the best weights so far. */
export const BEST_PREFIX = "best/";

const FORMAT = "evenkeel-checkpoint-1";

/**
 * A checkpoint as a safetensors file: all that a run is, apart from its program and data. The
 * generators' whole state is seed and step.
 */
export function writeCheckpoint({
  header,
  tensors,
}: Pick<Checkpoint, "header" | "tensors">): Uint8Array<ArrayBuffer> {
  const fields = Object.entries(header).map(
    ([name, value]) =>
      [name, typeof value === "object" ? JSON.stringify(value) : String(value)] as const,
  );
  return writeSafetensors(tensors, { format: FORMAT, ...Object.fromEntries(fields) });
}

/** Errors: DataError for a file that is no checkpoint, or a damaged one. */
export function readCheckpoint(bytes: Uint8Array, where = "checkpoint"): Checkpoint {
  const { weights: tensors, metadata } = readSafetensors(bytes, where);
  if (metadata["format"] !== FORMAT) {
    throw new DataError(`${where}: format must be ${FORMAT}, got ${metadata["format"] ?? "none"}`);
  }
  const text = (name: keyof CheckpointHeader): string => {
    const value = metadata[name];
    if (value !== undefined) return value;
    throw new DataError(`${where}: metadata must have ${name}, got none`);
  };
  const number = (name: keyof CheckpointHeader, fits: (value: number) => boolean): number => {
    const value = Number(text(name));
    if (text(name).trim() !== "" && fits(value)) return value;
    throw new DataError(
      `${where}: metadata ${name} must be a number in its range, got ${text(name)}`,
    );
  };
  const count = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
  return {
    tensors,
    // A model's own paths have no slash.
    weights: new Map([...tensors].filter(([path]) => !path.includes("/"))),
    header: {
      step: number("step", count),
      seed: number("seed", count),
      batchSize: number("batchSize", (value) => count(value) && value > 0),
      data: text("data"),
      optimizer: text("optimizer"),
      epochLoss: number("epochLoss", Number.isFinite),
      epochCorrect: number("epochCorrect", count),
      pending: readFlag(text("pending"), `${where}: metadata pending`),
      steering: readMemories(text("steering"), where),
    },
  };
}

function readFlag(text: string, who: string): boolean {
  if (text === "true" || text === "false") return text === "true";
  throw new DataError(`${who} must be true or false, got ${text}`);
}

/** What a run that resumes must share with the one that wrote the checkpoint. */
export interface ResumingRun extends Pick<
  CheckpointHeader,
  "seed" | "batchSize" | "data" | "optimizer"
> {
  /** How far the run shall go. */
  readonly steps: number;
  readonly slots: readonly StepSlot[];
  /** The labels of what steers it. */
  readonly controllers: readonly string[];
}

/**
 * Errors: OptionError if the run differs in seed, batch size, data, optimizer or controllers;
 *         DataError listing tensors that are missing, unexpected or of another shape.
 */
export function checkResume({ header, tensors }: Checkpoint, run: ResumingRun): void {
  for (const name of ["seed", "batchSize", "data", "optimizer"] as const) {
    if (header[name] === run[name]) continue;
    throw new OptionError(
      `fit: a resumed run must have the checkpoint's ${name} ${JSON.stringify(header[name])}, got ${JSON.stringify(run[name])}`,
    );
  }
  if (header.step > run.steps) {
    throw new OptionError(
      `fit: steps must be at least the checkpoint's ${header.step}, got ${run.steps}`,
    );
  }
  const steering = Object.keys(header.steering);
  if (steering.toSorted().join() !== run.controllers.toSorted().join()) {
    throw new OptionError(
      `fit: a resumed run must have the checkpoint's controllers [${steering.join(", ")}], got [${run.controllers.join(", ")}]`,
    );
  }
  const kept = [...tensors].filter(([path]) => !path.startsWith(BEST_PREFIX));
  checkWeights(run.slots, new Map(kept), "resumeFrom");
}
