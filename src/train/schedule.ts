import { OptionError } from "../base/errors.ts";

/** A number for each step, given how many updates were done before it: 0 for the first. */
export type Schedule = (step: number) => number;

/** A fixed number is the same at each step; a schedule's values are checked as they come. */
export function toSchedule(value: number | Schedule, who: string): Schedule {
  if (typeof value === "function") {
    return (step) => checkNotNegative(value(step), `${who} at step ${step}`);
  }
  checkNotNegative(value, who);
  return () => value;
}

/** `value` itself; throws OptionError unless it is finite and at least 0. */
export function checkNotNegative(value: number, who: string): number {
  if (value >= 0 && value < Infinity) return value;
  throw new OptionError(`${who} must be finite and not negative, got ${value}`);
}

/** `value` itself; throws OptionError unless it is in [0, 1). */
export function checkShare(value: number, who: string): number {
  if (value >= 0 && value < 1) return value;
  throw new OptionError(`${who} must be in [0, 1), got ${value}`);
}
