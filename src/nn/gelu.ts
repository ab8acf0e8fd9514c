import { OptionError } from "../base/errors.ts";
import { gelu as geluOf } from "../graph/ops/gelu.ts";
import type { Module } from "./module.ts";

export interface GeluOptions {
  /** Exact by `"erf"`, or approximate by `"tanh"`; defaults to *"erf"*, as PyTorch and Keras. */
  readonly form?: "erf" | "tanh";
}

/**
 * Gaussian error linear unit: y = x · Φ(x), Φ being the standard normal distribution function.
 *
 * Source: Hendrycks & Gimpel 2016, arXiv:1606.08415, section 2.
 */
export function gelu({ form = "erf" }: GeluOptions = {}): Module {
  if (form !== "erf" && form !== "tanh") {
    throw new OptionError(`gelu: form must be "erf" or "tanh", got ${JSON.stringify(form)}`);
  }
  return Object.freeze({
    label: form === "erf" ? "gelu" : `gelu({ form: "tanh" })`,
    apply: (x) => geluOf(x, { form }),
  } satisfies Module);
}
