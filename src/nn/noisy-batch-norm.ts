import type { Value } from "../graph/value.ts";
import { batchNorm, type BatchNorm, type BatchNormOptions } from "./batch-norm.ts";
import type { Pass } from "./module.ts";
import { unitNoise, type UnitNoiseOptions } from "./unit-noise.ts";

export type NoisyBatchNormOptions = BatchNormOptions & UnitNoiseOptions;

/**
 * Batch normalization followed by noise that shifts each unit's distribution anew at each step:
 * `unitNoise` after `batchNorm`, with the options of both and the members of the latter.
 *
 * Train:  new noise at each step. Eval: batch normalization alone.
 * Errors: as `batchNorm` and `unitNoise`.
 * Source: Santurkar et al. 2018, arXiv:1805.11604, section 2.1 and Algorithm 1.
 */
export function noisyBatchNorm(channels: number, options: NoisyBatchNormOptions = {}): BatchNorm {
  const inner = batchNorm(channels, options);
  const noise = unitNoise(options);
  const apply = (x: Value, pass: Pass): Value => noise.apply(inner.apply(x, pass), pass);
  return Object.freeze({ ...inner, label: `noisyBatchNorm(${channels})`, apply });
}
