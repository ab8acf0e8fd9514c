import { batchNorm, lpBatchNorm, noisyBatchNorm, unitNoise, type Module } from "../../nn/index.ts";

/** What a study puts behind a layer's product: nothing, a normalization, noise, or both. */
export type Between = "none" | "batch" | "noisy-batch" | "noise" | "l1" | "l2" | "linf";

/** The modules for so many channels, with all options at their defaults. */
export function betweenModules(between: Between, channels: number): readonly Module[] {
  switch (between) {
    case "none":
      return [];
    case "batch":
      return [batchNorm(channels)];
    case "noisy-batch":
      return [noisyBatchNorm(channels)];
    case "noise":
      return [unitNoise()];
    case "l1":
      return [lpBatchNorm(channels, { order: 1 })];
    case "l2":
      return [lpBatchNorm(channels, { order: 2 })];
    case "linf":
      return [lpBatchNorm(channels, { order: Infinity })];
  }
}

/** Does it have a shift of its own, which takes the place of the bias before it? */
export function hasShift(between: Between): boolean {
  return between !== "none" && between !== "noise";
}
