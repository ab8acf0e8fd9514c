/** What a move of the graph generator works on, and the means that moves share. */
import type { Shape } from "../src/base/shape.ts";
import { mul, tanh, type Value } from "../src/graph/index.ts";

export interface Entry {
  /** f32. */
  readonly value: Value;
  /** No element is larger in magnitude. */
  readonly bound: number;
  /** Is every element an f32, computed without rounding? */
  readonly exact: boolean;
}

/** Numbers that choose; any will do. */
export interface Step {
  readonly move: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

export interface Pool {
  readonly entries: readonly Entry[];
  /** i32 [N], each in [0, classes). */
  readonly labels: Value;
  readonly classes: number;
  /** u32 [2]. */
  readonly key: Value;
}

export type Move = (pool: Pool, step: Step) => Entry | null;

export const MAX_BOUND = 8;

export const inexact = (value: Value, bound: number): Entry => ({ value, bound, exact: false });

export function pick<T>(items: readonly T[], choice: number): T | null {
  return items[choice % Math.max(1, items.length)] ?? null;
}

/** A value within the bound: as it is, scaled, or squashed. */
export function tame({ value, bound, exact }: Entry, choice: number): Entry {
  if (bound <= MAX_BOUND) return { value, bound, exact };
  return choice % 2 === 0
    ? inexact(tanh(value), 1)
    : inexact(mul(value, MAX_BOUND / bound), MAX_BOUND);
}

/** A move that takes one value. */
export function unary(apply: (entry: Entry, step: Step) => Entry | null, exactOnly = false): Move {
  return ({ entries }, step) => {
    const entry = pick(exactOnly ? entries.filter(({ exact }) => exact) : entries, step.a);
    const result = entry === null ? null : apply(entry, step);
    return result === null ? null : tame(result, step.c);
  };
}

/** Any subset of the axes. */
export const axesFrom = (shape: Shape, choice: number): number[] =>
  shape.flatMap((_, axis) => ((choice >> axis) & 1 ? [axis] : []));
