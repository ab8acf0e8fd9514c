/**
 * Ready-made schedules: pure functions of the step, so a resumed run has them for nothing. They
 * go wherever a number may change from step to step: a learning rate, sgd's momentum.
 */
import { OptionError } from "../base/errors.ts";
import { checkCount, checkNotNegative, checkPositive, type Schedule } from "./schedule.ts";

/** The same value at every step. */
export function constantRate(value: number): Schedule {
  checkNotNegative(value, "constantRate: value");
  return () => value;
}

export interface StepDecayOptions {
  /** The value at the first step. */
  readonly start: number;
  /** What it is multiplied with at each drop, not negative; defaults to *0.1*. */
  readonly factor?: number;
  /** Steps between two drops; or the steps of the drops, rising. */
  readonly every: number | readonly number[];
}

/** start · factor^k after k drops. */
export function stepDecay({ start, factor = 0.1, every }: StepDecayOptions): Schedule {
  checkNotNegative(start, "stepDecay: start");
  checkNotNegative(factor, "stepDecay: factor");
  if (typeof every === "number") {
    checkCount(every, "stepDecay: every");
    return (step) => start * factor ** Math.floor(step / every);
  }
  every.forEach((drop, i) => {
    checkCount(drop, "stepDecay: every");
    if (i === 0 || drop > every[i - 1]!) return;
    throw new OptionError(`stepDecay: every must rise, got ${every[i - 1]} before ${drop}`);
  });
  return (step) => start * factor ** every.filter((drop) => drop <= step).length;
}

export interface ExponentialDecayOptions {
  /** The value at the first step. */
  readonly start: number;
  /** What it is multiplied with, not negative. */
  readonly factor: number;
  /** Over how many steps it is multiplied so once; defaults to *1*. */
  readonly every?: number;
}

/** start · factor^(step / every), smoothly. */
export function exponentialDecay(options: ExponentialDecayOptions): Schedule {
  const { start, factor, every = 1 } = options;
  checkNotNegative(start, "exponentialDecay: start");
  checkNotNegative(factor, "exponentialDecay: factor");
  checkPositive(every, "exponentialDecay: every");
  return (step) => start * factor ** (step / every);
}

/** From `start` at the first step to `end` after `steps` steps, and `end` from there on. */
export interface DecayOptions {
  readonly start: number;
  /** Defaults to *0*. */
  readonly end?: number;
  readonly steps: number;
}

/**
 * Half a cosine: end + (start − end) · (1 + cos(π · step / steps)) / 2.
 *
 * Source: Loshchilov & Hutter 2017, arXiv:1608.03983, equation 5, one cycle.
 */
export function cosineDecay(options: DecayOptions): Schedule {
  const { start, end, steps } = checkDecay(options, "cosineDecay");
  return (step) => between(start, end, cosineShare(Math.min(1, step / steps)));
}

/** A power: end + (start − end) · (1 − step / steps)^power; a straight line with power 1. */
export function polynomialDecay(options: DecayOptions & { readonly power?: number }): Schedule {
  const { start, end, steps } = checkDecay(options, "polynomialDecay");
  const power = checkPositive(options.power ?? 1, "polynomialDecay: power");
  return (step) => between(end, start, (1 - Math.min(1, step / steps)) ** power);
}

export interface OneCycleOptions {
  /** Steps of the whole cycle. */
  readonly steps: number;
  /** The value at the turn. */
  readonly peak: number;
  /** The value at the first step; defaults to *peak / 25*. */
  readonly start?: number;
  /** The value at the last step and after it; defaults to *start / 10,000*. */
  readonly end?: number;
  /** Share of the cycle that goes from start to peak, in (0, 1); defaults to *0.3*. */
  readonly rise?: number;
  /** How it goes from one value to the next; defaults to *"cosine"*. */
  readonly shape?: "cosine" | "linear";
}

/**
 * One cycle: from start to peak, then down to end. A second one with the peak below its ends is
 * the momentum that goes with it: `oneCycle({ steps, start: 0.95, peak: 0.85, end: 0.95 })`.
 *
 * Source: Smith & Topin 2018, arXiv:1708.07120; the numbers are PyTorch's `OneCycleLR`.
 */
export function oneCycle(options: OneCycleOptions): Schedule {
  const { steps, peak, start = peak / 25, end = start / 1e4, rise = 0.3 } = options;
  const { shape = "cosine" } = options;
  checkCount(steps, "oneCycle: steps");
  checkNotNegative(peak, "oneCycle: peak");
  checkNotNegative(start, "oneCycle: start");
  checkNotNegative(end, "oneCycle: end");
  if (!(rise > 0 && rise < 1)) {
    throw new OptionError(`oneCycle: rise must be in (0, 1), got ${rise}`);
  }
  if (shape !== "cosine" && shape !== "linear") {
    throw new OptionError(
      `oneCycle: shape must be "cosine" or "linear", got ${JSON.stringify(shape)}`,
    );
  }
  const turn = rise * steps - 1;
  if (turn <= 0 || turn >= steps - 1) {
    throw new OptionError(`oneCycle: rise · steps must be above 1, got ${rise * steps}`);
  }
  const share = shape === "cosine" ? cosineShare : (done: number): number => done;
  return (step) =>
    step <= turn
      ? between(start, peak, share(step / turn))
      : between(peak, end, share(Math.min(1, (step - turn) / (steps - 1 - turn))));
}

export interface WarmUpOptions {
  /** Steps until the full value. */
  readonly steps: number;
  /** Share of the full value at the first step, in [0, 1]; defaults to *1 / steps*. */
  readonly from?: number;
}

/**
 * Rises in a straight line to the first value of `after`, then follows it: `after` counts its own
 * steps from 0, and a number is a constant.
 *
 * Source: Goyal et al. 2017, arXiv:1706.02677, section 2.2, "gradual warmup".
 */
export function warmUp(after: number | Schedule, options: WarmUpOptions): Schedule {
  const { steps, from = 1 / options.steps } = options;
  checkCount(steps, "warmUp: steps");
  if (!(from >= 0 && from <= 1)) {
    throw new OptionError(`warmUp: from must be in [0, 1], got ${from}`);
  }
  const rate = typeof after === "number" ? constantRate(after) : after;
  return (step) => (step >= steps ? rate(step - steps) : rate(0) * between(from, 1, step / steps));
}

function checkDecay(options: DecayOptions, who: string): Required<DecayOptions> {
  const { start, end = 0, steps } = options;
  checkNotNegative(start, `${who}: start`);
  checkNotNegative(end, `${who}: end`);
  checkCount(steps, `${who}: steps`);
  return { start, end, steps };
}

function between(from: number, to: number, share: number): number {
  return from + (to - from) * share;
}

/** From 0 to 1 along half a cosine. */
function cosineShare(done: number): number {
  return (1 - Math.cos(Math.PI * done)) / 2;
}
