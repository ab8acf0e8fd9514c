import type { TensorType, Value } from "../graph/value.ts";

/** What training minimizes: a plain object, so that a loss of your own is one too. */
export interface Loss {
  readonly label: string;
  /** Vectors that the loss reads as inputs `loss/<name>`; whoever runs the program feeds them. */
  readonly constants?: Readonly<Record<string, Float32Array>>;
  /** The target that goes with a prediction; throws ShapeError for a prediction it cannot judge. */
  target(prediction: Value): TensorType;
  /** Targets are integers in [0, classes); absent when they are numbers. */
  classes?(prediction: Value): number;
  /** Mean loss per example, a scalar; weighted by class if the loss has class weights. */
  apply(prediction: Value, target: Value): Value;
  /** What the mean is made of; absent if examples can have no weights of their own. */
  terms?(prediction: Value, target: Value): LossTerms;
  /** How many examples are classified correctly, an f32 scalar; absent when there are no classes. */
  correct?(prediction: Value, target: Value): Value;
}

/**
 * A mean in its parts: Σ losses / Σ weights, and if example n counts s[n] times,
 * Σ s · losses / Σ s · weights.
 */
export interface LossTerms {
  /** The loss of each example, times its class's weight if there is one; f32 [N]. */
  readonly losses: Value;
  /** What each example adds to the mean's divisor, f32 [N]; null if each adds 1. */
  readonly weights: Value | null;
}

/** The input that carries a constant of a loss. */
export function lossInput(name: string): string {
  return `loss/${name}`;
}
