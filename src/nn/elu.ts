import { OptionError } from "../base/errors.ts";
import { elu as eluOf } from "../graph/ops/elu.ts";
import type { Module } from "./module.ts";

export interface EluOptions {
  /** Where the function levels off below: at −alpha; positive, defaults to *1*. */
  readonly alpha?: number;
}

/**
 * Exponential linear unit: y = x above zero, alpha · (e^x − 1) elsewhere.
 *
 * Errors: OptionError unless alpha is positive.
 * Source: Clevert et al. 2016, arXiv:1511.07289, equation 15.
 */
export function elu({ alpha = 1 }: EluOptions = {}): Module {
  if (!(alpha > 0 && alpha < Infinity)) {
    throw new OptionError(`elu: alpha must be positive, got ${alpha}`);
  }
  return Object.freeze({
    label: `elu({ alpha: ${alpha} })`,
    apply: (x) => eluOf(x, { alpha }),
  } satisfies Module);
}
