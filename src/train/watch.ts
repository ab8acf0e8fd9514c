import { OptionError } from "../base/errors.ts";
import type { EvaluationEvent } from "./events.ts";

/** What a controller looks at in a run's evaluations. */
export interface WatchOptions {
  /** The loss is to fall, the accuracy to rise; defaults to *"loss"*. */
  readonly metric?: "loss" | "accuracy";
  /** Defaults to *"test"*. */
  readonly split?: "train" | "test";
}

/** A metric turned so that larger is better; null for an evaluation of another split. */
export type Watch = (event: EvaluationEvent) => number | null;

/** Errors: OptionError for an unknown metric or split, or accuracy where there are no classes. */
export function watch({ metric = "loss", split = "test" }: WatchOptions, who: string): Watch {
  if (metric !== "loss" && metric !== "accuracy") {
    throw new OptionError(
      `${who}: metric must be "loss" or "accuracy", got ${JSON.stringify(metric)}`,
    );
  }
  if (split !== "train" && split !== "test") {
    throw new OptionError(`${who}: split must be "train" or "test", got ${JSON.stringify(split)}`);
  }
  return (event) => {
    if (event.split !== split) return null;
    if (metric === "loss") return -event.result.loss;
    if (event.result.accuracy !== null) return event.result.accuracy;
    throw new OptionError(`${who}: metric "accuracy" needs a loss with classes, got none`);
  };
}
