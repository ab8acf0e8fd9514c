import { OptionError } from "../base/errors.ts";
import { leakyRelu as leakyReluOf } from "../graph/ops/leaky-relu.ts";
import type { Module } from "./module.ts";

export interface LeakyReluOptions {
  /** Slope below zero, in [0, 1]; defaults to *0.01, as PyTorch's `negative_slope`* (Keras: 0.3). */
  readonly slope?: number;
}

/** Rectifier that leaks: y = x above zero, slope · x elsewhere. OptionError if slope ∉ [0, 1]. */
export function leakyRelu({ slope = 0.01 }: LeakyReluOptions = {}): Module {
  if (!(slope >= 0 && slope <= 1)) {
    throw new OptionError(`leakyRelu: slope must be in [0, 1], got ${slope}`);
  }
  return Object.freeze({
    label: `leakyRelu({ slope: ${slope} })`,
    apply: (x) => leakyReluOf(x, { slope }),
  } satisfies Module);
}
