import { OptionError } from "../base/errors.ts";
import type { LayerSide } from "./layer-input.ts";

/** Where a unit stops passing on differences: at and below `low`, at and above `high`. */
export interface SaturationRange {
  readonly low: number;
  readonly high: number;
}

export type Saturation = "relu" | "sigmoid" | "tanh" | SaturationRange;

/** Of an activation: what it puts out, and what it receives when it puts that out. */
const RANGES = {
  /** Passes nothing at and below 0. */
  relu: { input: { low: 0, high: Infinity }, output: { low: 0, high: Infinity } },
  /** Slope below 0.05 · 0.95 = 0.0475, where it is at most 0.25. */
  sigmoid: {
    input: { low: Math.log(0.05 / 0.95), high: Math.log(0.95 / 0.05) },
    output: { low: 0.05, high: 0.95 },
  },
  /** Slope below 1 − 0.95² = 0.0975, where it is at most 1. */
  tanh: {
    input: { low: Math.atanh(-0.95), high: Math.atanh(0.95) },
    output: { low: -0.95, high: 0.95 },
  },
} as const;

/** Errors: OptionError for an unknown activation or a range with low ≥ high. */
export function saturationRange(saturation: Saturation, of: LayerSide): SaturationRange {
  if (typeof saturation === "string") {
    if (Object.hasOwn(RANGES, saturation)) return RANGES[saturation][of];
    throw new OptionError(
      `activationStatistics: saturation must be "relu", "sigmoid", "tanh" or a range, got ${JSON.stringify(saturation)}`,
    );
  }
  const { low, high } = saturation;
  if (low < high) return saturation;
  throw new OptionError(
    `activationStatistics: saturation must have low below high, got ${low} and ${high}`,
  );
}

export function showRange({ low, high }: SaturationRange): string {
  const ends = [
    ...(low === -Infinity ? [] : [`≤ ${Number(low.toPrecision(4))}`]),
    ...(high === Infinity ? [] : [`≥ ${Number(high.toPrecision(4))}`]),
  ];
  return ends.join(" or ");
}
