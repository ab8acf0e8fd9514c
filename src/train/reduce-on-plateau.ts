import { OptionError } from "../base/errors.ts";
import type { Controller } from "./controller.ts";
import { checkNotNegative } from "./schedule.ts";
import { watch, type WatchOptions } from "./watch.ts";

export interface ReduceOnPlateauOptions extends WatchOptions {
  /** What the learning rate is multiplied with at each plateau, in (0, 1); defaults to *0.1*. */
  readonly factor?: number;
  /** Evaluations without improvement that are let pass; defaults to *10*. */
  readonly patience?: number;
  /** Least improvement, relative to the best value so far, in [0, 1); defaults to *1e-4*. */
  readonly threshold?: number;
  /** Evaluations after a reduction that do not count as bad; defaults to *0*. */
  readonly cooldown?: number;
  /** The rate never falls below this share of the schedule's; defaults to *0*. */
  readonly leastFactor?: number;
}

/**
 * Multiplies the learning rate by `factor` whenever the watched metric has not improved for more
 * than `patience` evaluations: PyTorch's `ReduceLROnPlateau` with a relative threshold. The rate
 * is the optimizer's schedule times all factors so far.
 *
 * Errors: OptionError for an option out of range.
 */
export function reduceOnPlateau(options: ReduceOnPlateauOptions = {}): Controller {
  const { factor = 0.1, patience = 10, threshold = 1e-4, cooldown = 0, leastFactor = 0 } = options;
  const label = "reduceOnPlateau";
  const value = watch(options, label);
  if (!(factor > 0 && factor < 1)) {
    throw new OptionError(`${label}: factor must be in (0, 1), got ${factor}`);
  }
  checkEvaluations(patience, `${label}: patience`);
  checkEvaluations(cooldown, `${label}: cooldown`);
  if (!(threshold >= 0 && threshold < 1)) {
    throw new OptionError(`${label}: threshold must be in [0, 1), got ${threshold}`);
  }
  checkNotNegative(leastFactor, `${label}: leastFactor`);

  return Object.freeze({
    label,
    watches: options.split ?? "test",
    keepsBest: false,
    begin(memory) {
      // No best value is kept as NaN inside, and as no entry in the memory: JSON has no NaN.
      let { rateFactor = 1, bad = 0, cooling = 0, best = Number.NaN } = memory ?? {};
      return {
        see(event) {
          const now = value(event);
          if (now === null) return false;
          if (Number.isNaN(best) || now > best + threshold * Math.abs(best)) {
            best = now;
            bad = 0;
          } else bad++;
          if (cooling > 0) {
            cooling--;
            bad = 0;
          }
          if (bad > patience) {
            rateFactor = Math.max(rateFactor * factor, Math.min(rateFactor, leastFactor));
            cooling = cooldown;
            bad = 0;
          }
          return false;
        },
        rateFactor: () => rateFactor,
        stop: () => null,
        remember: () => ({ rateFactor, bad, cooling, ...(!Number.isNaN(best) && { best }) }),
      };
    },
  } satisfies Controller);
}

/** Throws OptionError unless `count` is an integer that is not negative. */
export function checkEvaluations(count: number, who: string): void {
  if (Number.isSafeInteger(count) && count >= 0) return;
  throw new OptionError(`${who} must be a number of evaluations, got ${count}`);
}
