import type { Controller } from "./controller.ts";
import { checkEvaluations } from "./reduce-on-plateau.ts";
import { checkNotNegative } from "./schedule.ts";
import { watch, type WatchOptions } from "./watch.ts";

export interface EarlyStoppingOptions extends WatchOptions {
  /** Evaluations without improvement that are let pass; defaults to *10*. */
  readonly patience?: number;
  /** Least improvement, in the metric's own unit; defaults to *0*, any improvement. */
  readonly leastGain?: number;
  /** Shall the run end with the weights of its best evaluation? Defaults to *true*. */
  readonly restore?: boolean;
}

/**
 * Ends a run once the watched metric has not improved for more than `patience` evaluations. With
 * `restore`, `run.weights()` are those of the best evaluation, whether the run was ended or came
 * to its last step.
 *
 * Errors: OptionError for an option out of range.
 * Source: Prechelt 1998, "Early stopping — but when?", criterion UP in its simplest form.
 */
export function earlyStopping(options: EarlyStoppingOptions = {}): Controller {
  const { patience = 10, leastGain = 0, restore = true } = options;
  const label = "earlyStopping";
  const value = watch(options, label);
  checkEvaluations(patience, `${label}: patience`);
  checkNotNegative(leastGain, `${label}: leastGain`);

  return Object.freeze({
    label,
    watches: options.split ?? "test",
    keepsBest: restore,
    begin(memory) {
      let { bad = 0, best = Number.NaN, bestStep = 0 } = memory ?? {};
      return {
        see(event) {
          const now = value(event);
          if (now === null) return false;
          if (Number.isNaN(best) || now > best + leastGain) {
            best = now;
            bestStep = event.step;
            bad = 0;
            return true;
          }
          bad++;
          return false;
        },
        rateFactor: () => 1,
        stop: () =>
          bad > patience ? `no improvement in ${bad} evaluations since step ${bestStep}` : null,
        remember: () => ({ bad, bestStep, ...(!Number.isNaN(best) && { best }) }),
      };
    },
  } satisfies Controller);
}
