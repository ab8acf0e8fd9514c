import { elu } from "../graph/ops/elu.ts";
import { mul } from "../graph/ops/mul.ts";
import type { Module } from "./module.ts";

/** λ and α: the ones for which mean 0 and variance 1 map to themselves. Nearest f64 of the roots. */
export const SELU_SCALE = 1.0507009873554805;
export const SELU_ALPHA = 1.6732632423543772;

/**
 * Scaled exponential linear unit: y = λ · x above zero, λ · α · (e^x − 1) elsewhere.
 *
 * Its fixed point (mean 0, variance 1) holds for inputs of mean 0 and variance 1, weights drawn
 * by `lecunNormal`, biases 0; drop with `alphaDropout`, which keeps the fixed point.
 *
 * Source: Klambauer et al. 2017, arXiv:1706.02515, equations 2 and 14.
 */
export function selu(): Module {
  return Object.freeze({
    label: "selu",
    apply: (x) => mul(elu(x, { alpha: SELU_ALPHA }), SELU_SCALE),
  } satisfies Module);
}
