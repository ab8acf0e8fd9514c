import type { Phase } from "../nn/index.ts";

/** How the layers behave while a probe looks, in words. */
export function modeText(phase: Phase, count: number, batchSize: number): string {
  const examples = `${count} held-out examples`;
  return phase === "eval"
    ? `${examples}, normalized with running statistics`
    : `${examples} in batches of ${batchSize}, each normalized with its own statistics as in training; nothing updated`;
}
