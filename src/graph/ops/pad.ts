import { apply, type Value } from "../value.ts";
import { padOp } from "./slice.ts";

export { padOp };

export interface PadOptions {
  /** Elements added in front, per axis. */
  readonly before: readonly number[];
  /** Elements added behind, per axis. */
  readonly after: readonly number[];
  /** What the added elements are. Default 0. */
  readonly value?: number;
}

/** `x` itself when nothing is added. */
export function pad(x: Value, { before, after, value = 0 }: PadOptions): Value {
  const padded = apply(padOp, [x], { before, after, value });
  return [...before, ...after].every((amount) => amount === 0) ? x : padded;
}
