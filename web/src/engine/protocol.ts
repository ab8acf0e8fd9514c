/**
 * What the page and its training worker say to each other: plain JSON, so a training is something
 * to put into an address, a file or a test. Same description, same numbers, bitwise.
 */

export type OptionValue = number | string | boolean;

/** One layer: its kind (see `layer-catalogue.ts`) and the options that differ from the defaults. */
export interface LayerSpec {
  readonly kind: string;
  readonly [option: string]: OptionValue;
}

export interface OptimizerSpec {
  readonly kind: "sgd" | "adam" | "adamW" | "rmsProp" | "adagrad";
  readonly learningRate: number;
  /** sgd and rmsProp; defaults to *0*. */
  readonly momentum?: number;
  /** Defaults to *0*. */
  readonly weightDecay?: number;
}

/** A network and how it is trained. Arms of one training differ in nothing else. */
export interface ArmSpec {
  readonly name: string;
  readonly layers: readonly LayerSpec[];
  readonly optimizer: OptimizerSpec;
  /** Defaults to *the training's*. */
  readonly batchSize?: number;
}

/** Data that the worker can make or fetch by itself, or data the reader gave this tab. */
export type DataSpec =
  | { readonly name: "digits-sample" }
  | {
      readonly name: "mnist" | "fashion-mnist" | "cifar10";
      /** How many examples to take; default *all*. */
      readonly train?: number;
      readonly test?: number;
    }
  | {
      readonly name: "two-moons" | "gaussian-blobs";
      readonly train?: number;
      readonly test?: number;
      readonly noise?: number;
      readonly seed?: number;
      /** Of gaussian-blobs. */
      readonly classes?: number;
    }
  | { readonly name: "own"; readonly label: string };

/** Data of the reader's own, already typed arrays. */
export interface OwnData {
  readonly name: string;
  readonly hash: string;
  readonly classes: number | null;
  readonly train: OwnSplit;
  readonly test: OwnSplit;
}

export interface OwnSplit {
  readonly inputs: Float32Array | Uint8Array;
  readonly targets: Int32Array | Float32Array;
  readonly shape: readonly number[];
  readonly targetShape?: readonly number[];
  readonly inputScale?: number;
  readonly count: number;
}

/** What to look at while training; each observation comes as a `probe` event. */
export interface WatchSpec {
  /** See `watches.ts`. */
  readonly kind: "activations" | "units" | "gradients" | "landscape" | "decision-map";
  /** Steps between observations; there is one before the first step and one after the last. */
  readonly every: number;
  /** Which arms; defaults to *all*. */
  readonly arms?: readonly number[];
}

/** A setting that changes after so many steps; in the description it is repeated exactly. */
export interface Change {
  /** Updates done before it takes effect. */
  readonly step: number;
  /** Defaults to *every arm*. */
  readonly arm?: number;
  readonly learningRate?: number;
  /** Of every layer that drops with a rate. */
  readonly dropoutRate?: number;
}

export interface TrainSpec {
  readonly data: DataSpec;
  readonly arms: readonly ArmSpec[];
  /** Each arm is trained with each seed: first weights, batch order and masks. */
  readonly seeds: readonly number[];
  readonly batchSize: number;
  /** Updates of each arm. */
  readonly steps: number;
  /** Steps between evaluations; defaults to *an epoch*. */
  readonly evaluateEvery?: number;
  /** Defaults to *["test"]*. */
  readonly evaluateOn?: readonly ("train" | "test")[];
  readonly watch?: readonly WatchSpec[];
  readonly changes?: readonly Change[];
  /** Threads that work on a step together; results are the same for any number. Defaults to *1*. */
  readonly threads?: number;
}

/** Which run of the training an event is about. */
export interface RunKey {
  readonly arm: number;
  readonly seed: number;
}

export interface ReadyEvent extends RunKey {
  readonly type: "ready";
  readonly backend: string;
  readonly stepsPerEpoch: number;
  readonly parameters: number;
}

/** Several steps at once, in order. */
export interface StepsEvent extends RunKey {
  readonly type: "steps";
  readonly step: readonly number[];
  /** Mean loss of each step's batch before its update. */
  readonly loss: readonly number[];
  /** Share of each batch classified correctly before its update; null without classes. */
  readonly accuracy: readonly (number | null)[];
  /** Mean time of these steps in the worker, evaluations and probes not counted. */
  readonly millisecondsPerStep: number;
}

export interface EvaluationEvent extends RunKey {
  readonly type: "evaluation";
  readonly step: number;
  readonly split: "train" | "test";
  readonly loss: number;
  readonly accuracy: number | null;
}

export interface ProbeEvent extends RunKey {
  readonly type: "probe";
  readonly step: number;
  readonly probe: string;
  readonly unit: string;
  readonly values: Readonly<Record<string, readonly number[] | number>>;
}

/** A change that was asked for while training, with the step it takes effect at. */
interface ChangedEvent {
  readonly type: "changed";
  readonly change: Change;
}

/** The loss stopped being finite; this run ends. */
export interface DivergedEvent extends RunKey {
  readonly type: "diverged";
  readonly step: number;
  readonly loss: "NaN" | "Infinity" | "-Infinity";
  /** Path of the first layer whose output is not finite; null if only the loss itself is. */
  readonly layer: string | null;
}

export interface DoneEvent extends RunKey {
  readonly type: "done";
  readonly step: number;
  readonly outcome: "finished" | "stopped" | "diverged";
  /** SHA-256 of all weights, its first 16 digits: equal if and only if the weights are. */
  readonly fingerprint: string;
}

/** This run cannot go on, or could not begin; `arm` is null if none of them can. */
interface FailedEvent {
  readonly type: "failed";
  readonly arm: number | null;
  readonly message: string;
}

/** Of the whole training. */
export interface StateEvent {
  readonly type: "state";
  readonly state: "loading" | "running" | "paused" | "over";
}

export type LabEvent =
  | ReadyEvent
  | StepsEvent
  | EvaluationEvent
  | ProbeEvent
  | ChangedEvent
  | DivergedEvent
  | DoneEvent
  | FailedEvent
  | StateEvent;

/** From the page to its worker. */
export type Command =
  | {
      readonly type: "train";
      readonly spec: TrainSpec;
      readonly own: OwnData | null;
      /** The address that `data/<name>/` is under. */
      readonly base: string;
      readonly paused: boolean;
    }
  | { readonly type: "pause" }
  | { readonly type: "resume" }
  /** So many rounds (one step of each run), then pause. */
  | { readonly type: "step"; readonly rounds: number }
  | { readonly type: "change"; readonly change: Omit<Change, "step"> }
  | { readonly type: "stop" }
  | { readonly type: "export"; readonly id: number; readonly run: RunKey; readonly as: ExportKind };

export type ExportKind = "safetensors" | "onnx";

/** From the worker to the page: what happened since the last message, or an export's bytes. */
export type Answer =
  | { readonly type: "events"; readonly events: readonly LabEvent[] }
  | { readonly type: "exported"; readonly id: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly type: "not-exported"; readonly id: number; readonly message: string };
