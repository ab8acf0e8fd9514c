/** What a training run says, in the order it happens. Plain data: every event survives JSON. */

/** Means over a data split, with the normalization used to get them. */
export interface Evaluation {
  /** Mean loss per example, in the loss's own unit (nats for cross-entropy). */
  readonly loss: number;
  /** Share of examples classified correctly, in [0, 1]; null when the task has no classes. */
  readonly accuracy: number | null;
  readonly examples: number;
  readonly statistics: "running" | "population";
  /** Given if the weights were the moving averages, not those that are trained. */
  readonly weights?: "average";
}

/** The first event: where the run starts (0, or where it resumes) and how far it will go. */
export interface StartEvent {
  readonly type: "start";
  readonly step: number;
  readonly steps: number;
  readonly stepsPerEpoch: number;
  /** The backend's own description: `wasm, 128-bit SIMD with FMA, 1 thread`. */
  readonly backend: string;
}

export interface StepEvent {
  readonly type: "step";
  /** Updates done so far, 1 after the first. */
  readonly step: number;
  /** Mean loss of this step's batch, before the update. */
  readonly loss: number;
  /** Share of this step's batch classified correctly, before the update; null without classes. */
  readonly accuracy: number | null;
  /** What the penalties add to the loss, before the update; absent without penalties. */
  readonly penalty?: number;
}

export interface EvaluationEvent {
  readonly type: "evaluation";
  readonly step: number;
  readonly split: "train" | "test";
  readonly result: Evaluation;
}

export interface EpochEvent {
  readonly type: "epoch";
  /** 1 after the first pass over the data. */
  readonly epoch: number;
  readonly step: number;
  /** Mean loss over the epoch's batches, each before its update. */
  readonly loss: number;
  /** Share classified correctly over the epoch's batches, each before its update. */
  readonly accuracy: number | null;
}

export interface ProbeEvent {
  readonly type: "probe";
  readonly step: number;
  readonly probe: string;
  readonly unit: string;
  /** How the layers behaved while it looked, in words; absent if the observer does not say. */
  readonly mode?: string;
  readonly values: Readonly<Record<string, readonly number[] | number>>;
}

/** A controller changed something after an evaluation; it has taken effect. */
export interface SteerEvent {
  readonly type: "steer";
  readonly step: number;
  /** The controller's label. */
  readonly by: string;
  /** What this controller multiplies the learning rate with from here on. */
  readonly rateFactor: number;
  /** Are these the best weights so far? They are kept. */
  readonly best: boolean;
  /** Why the run ends here; null if it goes on. */
  readonly stop: string | null;
}

/** A checkpoint was handed out. All events of its step came before it. */
export interface CheckpointEvent {
  readonly type: "checkpoint";
  readonly step: number;
}

export interface DivergedEvent {
  readonly type: "diverged";
  /**
   * The step whose batch gave the loss, counted as its update would have been; or the step after
   * which an evaluation gave it.
   */
  readonly step: number;
  readonly loss: "NaN" | "Infinity" | "-Infinity";
  /** Path of the first layer whose output is not finite; null if only the loss itself is. */
  readonly layer: string | null;
}

export interface DoneEvent {
  readonly type: "done";
  /** Updates done. */
  readonly step: number;
  readonly seconds: number;
  /** What each observer took of these seconds, by name; absent without observers. */
  readonly observing?: Readonly<Record<string, number>>;
  /** `stopped` by a controller, before the last step. */
  readonly outcome: "finished" | "stopped" | "aborted" | "diverged";
}

export type TrainEvent =
  | StartEvent
  | StepEvent
  | EvaluationEvent
  | EpochEvent
  | ProbeEvent
  | SteerEvent
  | CheckpointEvent
  | DivergedEvent
  | DoneEvent;
