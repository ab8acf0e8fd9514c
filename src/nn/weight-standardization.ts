import { ShapeError } from "../base/errors.ts";
import { sizeOf } from "../base/shape.ts";
import { reshape } from "../graph/ops/reshape.ts";
import { standardize } from "../graph/ops/standardize.ts";
import type { Value } from "../graph/value.ts";
import { checkEps } from "./channel-rows.ts";
import type { Member, Pass, WeightedModule } from "./module.ts";

export interface WeightStandardizationOptions {
  /** Added to the variance of the weights; defaults to *1e-5*. */
  readonly eps?: number;
}

export interface WeightStandardization extends WeightedModule {
  readonly inner: WeightedModule;
}

/**
 * Weight standardization: the inner layer with (v − mean) / √(variance + eps) in place of its
 * weight v, mean and biased variance being those of each output's incoming weights.
 *
 * Shape:  the inner layer's; v [..., in, out].
 * Train:  as eval.
 * Errors: OptionError if eps ≤ 0; ShapeError if an output has fewer than two incoming weights.
 * Source: Qiao et al. 2019, arXiv:1903.10520, equations 5 and 6.
 */
export function weightStandardization(
  inner: WeightedModule,
  { eps = 1e-5 }: WeightStandardizationOptions = {},
): WeightStandardization {
  const label = `weightStandardization(${inner.label})`;
  checkEps(eps, label);
  const { weight, bias } = inner;
  const incoming = sizeOf(weight.shape.slice(0, -1));
  if (incoming < 2) {
    throw new ShapeError(`${label}: needs ≥ 2 incoming weights per output, got ${incoming}`);
  }

  function apply(x: Value, pass: Pass): Value {
    const rows = reshape(pass.read(weight), [incoming, weight.shape.at(-1)!]);
    const w = reshape(standardize(rows, { axes: [0], eps }), weight.shape);
    return pass.apply(inner, x, new Map([[weight, w]]));
  }

  function testWeight(valueOf: (member: Member) => ArrayLike<number>): Float64Array {
    const w = Float64Array.from(valueOf(weight));
    const outputs = w.length / incoming;
    for (let output = 0; output < outputs; output++) {
      const column = w.filter((_, i) => i % outputs === output);
      const mean = column.reduce((total, value) => total + value, 0) / incoming;
      const variance = column.reduce((total, value) => total + (value - mean) ** 2, 0) / incoming;
      const r = 1 / Math.sqrt(variance + eps);
      column.forEach((value, row) => (w[row * outputs + output] = (value - mean) * r));
    }
    return w;
  }
  return Object.freeze({ label, weight, bias, inner, apply, testWeight });
}
