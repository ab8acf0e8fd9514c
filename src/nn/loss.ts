import type { TensorType, Value } from "../graph/value.ts";

/** What training minimizes: a plain object, so that a loss of your own is one too. */
export interface Loss {
  readonly label: string;
  /** The target that goes with a prediction; throws ShapeError for a prediction it cannot judge. */
  target(prediction: Value): TensorType;
  /** Targets are integers in [0, classes); absent when they are numbers. */
  classes?(prediction: Value): number;
  /** Mean loss per example, a scalar. */
  apply(prediction: Value, target: Value): Value;
  /** How many examples are classified correctly, an f32 scalar; absent when there are no classes. */
  correct?(prediction: Value, target: Value): Value;
}
