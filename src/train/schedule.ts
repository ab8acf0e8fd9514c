import { OptionError } from "../base/errors.ts";
import type { OptimizerScalar } from "./optimizer.ts";

/** A number for each step, given how many updates were done before it: 0 for the first. */
export type Schedule = (step: number) => number;

/** A fixed number is the same at each step; a schedule's values are checked as they come. */
export function toSchedule(
  value: number | Schedule,
  who: string,
  check: (value: number, who: string) => number = checkNotNegative,
): Schedule {
  if (typeof value === "function") {
    return (step) => check(value(step), `${who} at step ${step}`);
  }
  check(value, who);
  return () => value;
}

/** A learning rate as a step is fed it. */
export function steeredRate(rate: Schedule): OptimizerScalar {
  return (step, rateFactor = 1) => rateFactor * rate(step);
}

/** `value` itself; throws OptionError unless it is finite and at least 0. */
export function checkNotNegative(value: number, who: string): number {
  if (value >= 0 && value < Infinity) return value;
  throw new OptionError(`${who} must be finite and not negative, got ${value}`);
}

/** `value` itself; throws OptionError unless it is finite and above 0. */
export function checkPositive(value: number, who: string): number {
  if (value > 0 && value < Infinity) return value;
  throw new OptionError(`${who} must be positive, got ${value}`);
}

/** `value` itself; throws OptionError unless it is in [0, 1). */
export function checkShare(value: number, who: string): number {
  if (value >= 0 && value < 1) return value;
  throw new OptionError(`${who} must be in [0, 1), got ${value}`);
}

/** `value` itself; throws OptionError unless it is a positive integer. */
export function checkCount(value: number, who: string): number {
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new OptionError(`${who} must be a positive integer, got ${value}`);
}
