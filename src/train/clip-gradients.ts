import { OptionError } from "../base/errors.ts";
import { add } from "../graph/ops/add.ts";
import { div } from "../graph/ops/div.ts";
import { maximum } from "../graph/ops/maximum.ts";
import { minimum } from "../graph/ops/minimum.ts";
import { mul } from "../graph/ops/mul.ts";
import { sqrt } from "../graph/ops/sqrt.ts";
import { square } from "../graph/ops/square.ts";
import { sum } from "../graph/ops/sum.ts";
import type { Value } from "../graph/value.ts";

/**
 * How gradients are bounded before the optimizer sees them; exactly one of
 * - `value`: every element is brought into [−value, value];
 * - `norm`: the gradient of each parameter has at most this Euclidean norm;
 * - `globalNorm`: all gradients together have at most this norm; they keep their direction.
 */
export interface GradientClip {
  readonly value?: number;
  readonly norm?: number;
  readonly globalNorm?: number;
}

/** Added to a norm before dividing by it, as PyTorch's `clip_grad_norm_` does. */
const NORM_EPS = 1e-6;

/**
 * Clips gradients: g · min(1, limit / (‖g‖ + 1e-6)) for the norms, clamping for `value`.
 *
 * Numerics: NaN stays NaN; under a norm an infinite element becomes NaN, under `value` the limit.
 * Errors:   OptionError unless exactly one limit is given, finite and above 0.
 * Source:   Pascanu, Mikolov & Bengio 2013, arXiv:1211.5063, Algorithm 1; PyTorch's `clip_grad_*`.
 */
export function clipGradients(gradients: readonly Value[], clip: GradientClip): Value[] {
  const { value, norm, globalNorm } = checkClip(clip);
  if (value !== undefined) return gradients.map((g) => minimum(maximum(g, -value), value));
  if (norm !== undefined) return gradients.map((g) => mul(g, factor(sum(square(g)), norm)));
  const total = gradients.map((g) => sum(square(g))).reduce((left, right) => add(left, right));
  const common = factor(total, globalNorm!);
  return gradients.map((g) => mul(g, common));
}

function factor(squares: Value, limit: number): Value {
  return minimum(div(limit, add(sqrt(squares), NORM_EPS)), 1);
}

function checkClip(clip: GradientClip): GradientClip {
  const given = Object.entries(clip).filter(([, limit]) => limit !== undefined);
  const [name, limit] = given[0] ?? [];
  if (given.length !== 1 || !["value", "norm", "globalNorm"].includes(name!)) {
    const names = given.length === 0 ? "none" : given.map(([key]) => key).join(" and ");
    throw new OptionError(`clip: takes exactly one of value, norm and globalNorm, got ${names}`);
  }
  if (!(limit > 0 && limit < Infinity)) {
    throw new OptionError(`clip: ${name} must be positive, got ${limit}`);
  }
  return clip;
}
