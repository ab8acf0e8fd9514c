import type { BatchOptions } from "./batches.ts";

/** How the layers behave while a probe looks, and at what, in words. */
export function modeText({
  phase,
  count,
  batchSize,
  seed,
  noise = false,
  augment,
}: Omit<BatchOptions, "examples">): string {
  const chosen = seed === undefined ? "the same" : "the next of training's order";
  const normalized =
    phase === "eval"
      ? "normalized with running statistics"
      : `in batches of ${batchSize}, each normalized with its own statistics as in training`;
  const draws = noise ? "random layers draw as in training" : "random layers do not draw";
  const changed = augment === undefined ? "" : ` changed by ${augment.label},`;
  return `${count} examples, ${chosen} at each observation,${changed} ${normalized}; ${draws}; nothing updated`;
}
