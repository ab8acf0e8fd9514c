import { OptionError } from "../base/errors.ts";
import { softplus as softplusOf } from "../graph/ops/softplus.ts";
import type { Module } from "./module.ts";

export interface SoftplusOptions {
  /** Steepness: the larger, the nearer to ReLU; positive, defaults to *1*. */
  readonly beta?: number;
}

/** A smooth rectifier: y = log(1 + e^(beta · x)) / beta. OptionError unless beta is positive. */
export function softplus({ beta = 1 }: SoftplusOptions = {}): Module {
  if (!(beta > 0 && beta < Infinity)) {
    throw new OptionError(`softplus: beta must be positive, got ${beta}`);
  }
  return Object.freeze({
    label: beta === 1 ? "softplus" : `softplus({ beta: ${beta} })`,
    apply: (x) => softplusOf(x, { beta }),
  } satisfies Module);
}
