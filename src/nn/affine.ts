import type { Shape } from "../base/shape.ts";
import { add } from "../graph/ops/add.ts";
import { mul } from "../graph/ops/mul.ts";
import type { Value } from "../graph/value.ts";
import { ones, zeros } from "./initializers.ts";
import {
  parameter,
  statistic,
  type ChannelAffine,
  type Member,
  type Parameter,
  type Pass,
} from "./module.ts";

/** What a normalizer may learn to do with its result. */
export interface AffineOptions {
  /** Learn a factor per channel? Defaults to *true*. */
  readonly scale?: boolean;
  /** Learn an offset per channel? Defaults to *true*. */
  readonly shift?: boolean;
}

export interface Affine<Held extends Member = Parameter> {
  /** The factors, first 1. */
  readonly scale: Held | null;
  /** The offsets, first 0. */
  readonly shift: Held | null;
}

/** Scale and shift of the given shape, as far as wanted. */
export function affine(shape: Shape, { scale = true, shift = true }: AffineOptions): Affine {
  return {
    scale: scale ? parameter(shape, ones) : null,
    shift: shift ? parameter(shape, zeros) : null,
  };
}

/** The same, but out of the optimizer's reach. */
export function frozenAffine(
  shape: Shape,
  { scale = true, shift = true }: AffineOptions,
): Affine<Member> {
  return {
    scale: scale ? statistic(shape, ones) : null,
    shift: shift ? statistic(shape, zeros) : null,
  };
}

/** scale · y + shift, along the last axes. */
export function applyAffine(y: Value, { scale, shift }: Affine<Member>, pass: Pass): Value {
  const scaled = scale === null ? y : mul(y, pass.read(scale));
  return shift === null ? scaled : add(scaled, pass.read(shift));
}

/** scale · (x − mean) · r + shift as one factor and one offset per channel. */
export function foldAffine(
  { scale, shift }: Affine<Member>,
  normalized: { readonly mean: ArrayLike<number>; readonly r: ArrayLike<number> },
  valueOf: (member: Member) => Float32Array,
): ChannelAffine {
  const { mean, r } = normalized;
  const scales = scale === null ? null : valueOf(scale);
  const shifts = shift === null ? null : valueOf(shift);
  const factor = Float64Array.from(r, (inverse, c) => inverse * (scales?.[c] ?? 1));
  const offset = factor.map((slope, c) => (shifts?.[c] ?? 0) - mean[c]! * slope);
  return { factor, offset };
}
