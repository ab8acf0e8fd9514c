/** What the main thread and a worker that trains runs say to each other. */
import { BackendError, DataError, GraphError, OptionError, ShapeError } from "../base/errors.ts";
import type { Dataset } from "../data/dataset.ts";
import type { RunDescription, RunEvent } from "../experiments/index.ts";
import type { Backend } from "../run/backend.ts";

/** A worker is given this once, when it starts. */
export interface WorkerSetup {
  readonly study: string;
  /** The data of all runs; null if each brings its own. */
  readonly data: Dataset | null;
  readonly backend: Backend["name"];
  /** Threads inside each run's steps. Default 1. */
  readonly engineThreads?: number;
  /** The folder of all runs. */
  readonly out: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Does each run need a lock of this machine's? Default true; a queue keeps runs apart by itself. */
  readonly locks?: boolean;
  /** Becomes 1 when the run is to stop. A training loop need not wait for messages to see it. */
  readonly stop: Int32Array<SharedArrayBuffer>;
}

/** Whose files a run's numbers are written for as well. */
export type LogFormat = (typeof logFormats)[number];
export const logFormats = ["tensorboard"] as const;

/** Main thread to worker: carry out this run, then wait for the next. */
export interface RunRequest {
  readonly description: RunDescription;
  /** In shared memory. Default: the worker's. */
  readonly data?: Dataset;
  /** What is written beside the run's own files. Default nothing. */
  readonly log?: LogFormat;
}

export type WorkerMessage =
  | { readonly type: "events"; readonly events: readonly RunEvent[] }
  | { readonly type: "done" }
  | { readonly type: "failed"; readonly error: PlainError };

/** An error as it crosses threads, which does not keep classes. */
export interface PlainError {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
}

const classes: Readonly<Record<string, new (message: string, options?: ErrorOptions) => Error>> = {
  BackendError,
  DataError,
  GraphError,
  OptionError,
  ShapeError,
};

export function toPlainError(error: unknown): PlainError {
  if (!(error instanceof Error)) return { name: "Error", message: String(error), stack: "" };
  return { name: error.name, message: error.message, stack: error.stack ?? "" };
}

export function fromPlainError({ name, message, stack }: PlainError): Error {
  const error = new (classes[name] ?? Error)(message);
  // Where it happened is in the worker's stack, not in this one.
  error.stack = stack;
  return error;
}
