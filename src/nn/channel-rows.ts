import { OptionError, ShapeError } from "../base/errors.ts";
import { sizeOf } from "../base/shape.ts";
import type { Value } from "../graph/value.ts";
import { checkInput } from "./linear.ts";

/** All axes but the last: those whose elements share one statistic per channel. */
export function rowAxes({ shape }: Value): number[] {
  return shape.slice(0, -1).map((_, axis) => axis);
}

/** Number of values per channel of x [N, ...S, C]: m = N · |S|. */
export function rowCount({ shape }: Value): number {
  return sizeOf(shape.slice(0, -1));
}

/** Refuses inputs that are not [N, ...S, channels], or have one value per channel only. */
export function checkRows(x: Value, channels: number, label: string): void {
  checkInput(x, channels, label);
  const count = rowCount(x);
  if (count >= 2) return;
  throw new ShapeError(`${label}: training needs m ≥ 2 values per channel, got m = ${count}`);
}

export function checkDecay(decay: number, label: string): void {
  if (decay >= 0 && decay < 1) return;
  throw new OptionError(`${label}: decay must be in [0, 1), got ${decay}`);
}

export function checkEps(eps: number, label: string): void {
  if (eps > 0 && eps < Infinity) return;
  throw new OptionError(`${label}: eps must be positive, got ${eps}`);
}
