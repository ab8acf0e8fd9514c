import { dot } from "./parameter-space.ts";

/** How far apart two gradients are. */
export interface GradientGap {
  /** ‖g − g′‖₂. */
  readonly distance: number;
  /** g · g′ / (‖g‖ ‖g′‖), in [−1, 1]; 1 if both are 0, 0 if one is. */
  readonly cosine: number;
  /** ‖g‖₂. */
  readonly norm: number;
}

/** Of the numbers from `from` up to, not including, `to`; in float64. */
export function compareGradients(
  before: Float64Array,
  after: Float64Array,
  { from = 0, to = before.length }: { readonly from?: number; readonly to?: number } = {},
): GradientGap {
  let squares = 0;
  for (let i = from; i < to; i++) squares += (before[i]! - after[i]!) ** 2;
  const norm = Math.sqrt(dot(before, before, { from, to }));
  const other = Math.sqrt(dot(after, after, { from, to }));
  return {
    distance: Math.sqrt(squares),
    cosine: cosineOf(before, after, { from, to, norm, other }),
    norm,
  };
}

function cosineOf(
  before: Float64Array,
  after: Float64Array,
  { from, to, norm, other }: { from: number; to: number; norm: number; other: number },
): number {
  if (norm === 0 || other === 0) return norm === other ? 1 : 0;
  const cosine = dot(before, after, { from, to }) / norm / other;
  // Rounding may lead out of the range; NaN stays.
  return Math.max(-1, Math.min(1, cosine));
}
