/** What a training run says, in the order it happens. Plain data: every event survives JSON. */

/** Means over a data split, with the normalization used to get them. */
export interface Evaluation {
  /** Mean loss per example, in the loss's own unit (nats for cross-entropy). */
  readonly loss: number;
  /** Share of examples classified correctly, in [0, 1]; null when the task has no classes. */
  readonly accuracy: number | null;
  readonly examples: number;
  readonly statistics: "running" | "population";
}

export type TrainEvent =
  | { readonly type: "start"; readonly step: number; readonly steps: number; readonly backend: string }
  | {
      readonly type: "step";
      /** Updates done so far, 1 after the first. */
      readonly step: number;
      /** Mean loss of this step's batch, before the update. */
      readonly loss: number;
    }
  | { readonly type: "evaluation"; readonly step: number; readonly split: "train" | "test"; readonly result: Evaluation }
  | { readonly type: "epoch"; readonly epoch: number; readonly step: number; readonly loss: number }
  | {
      readonly type: "probe";
      readonly step: number;
      readonly probe: string;
      readonly unit: string;
      readonly values: Readonly<Record<string, readonly number[] | number>>;
    }
  | { readonly type: "checkpoint"; readonly step: number }
  | {
      readonly type: "diverged";
      readonly step: number;
      readonly loss: "NaN" | "Infinity" | "-Infinity";
      /** Path of the first layer whose output is not finite; null if only the loss itself is. */
      readonly layer: string | null;
    }
  | { readonly type: "done"; readonly step: number; readonly seconds: number; readonly outcome: "finished" | "aborted" | "diverged" };
