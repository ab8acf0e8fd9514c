import { OptionError, ShapeError } from "../base/errors.ts";
import { showShape, sizeOf, type Shape } from "../base/shape.ts";
import { bernoulli } from "../graph/ops/bernoulli.ts";
import { div } from "../graph/ops/div.ts";
import { maximum } from "../graph/ops/maximum.ts";
import { mul } from "../graph/ops/mul.ts";
import { pad } from "../graph/ops/pad.ts";
import { slice } from "../graph/ops/slice.ts";
import { sub } from "../graph/ops/sub.ts";
import { sum } from "../graph/ops/sum.ts";
import type { Value } from "../graph/value.ts";
import type { Dropout } from "./dropout.ts";
import { resolveKeep, type KeepOptions } from "./keep.ts";
import type { ChannelAffine, Pass } from "./module.ts";
import { perElement } from "./noise-shape.ts";

export type DropBlockOptions = KeepOptions & {
  /** Side of a dropped block, in positions; cut to the axis where that is shorter. */
  readonly blockSize: number;
};

export interface DropBlock extends Dropout {
  readonly blockSize: number;
}

/**
 * Dropout of contiguous blocks: y = mask · x · |mask| / Σ mask. Corners of blocks are drawn per
 * example and channel with probability γ = rate / |block| · |S| / |S − block + 1|, where a whole
 * block fits; blocks may overlap, so a little less than `rate` is dropped.
 *
 * Shape:  x [N, ...S, C] with at least one spatial axis → y of the same shape.
 * Train:  a new mask at each step. Eval: y = x.
 * Errors: OptionError unless exactly one of rate ∈ [0, 1) and keep ∈ (0, 1] is given and blockSize
 *         is a positive integer; ShapeError if there is no spatial axis.
 * Source: Ghiasi et al. 2018, arXiv:1810.12890, Algorithm 1 and equation 1.
 */
export function dropBlock(options: DropBlockOptions): DropBlock {
  const keep = resolveKeep(options, "dropBlock");
  const { blockSize } = options;
  if (!Number.isSafeInteger(blockSize) || blockSize < 1) {
    throw new OptionError(`dropBlock: blockSize must be a positive integer, got ${blockSize}`);
  }

  function apply(x: Value, pass: Pass): Value {
    if (x.shape.length < 3) {
      throw new ShapeError(`dropBlock: input must be [N, ...S, C], got ${showShape(x.shape)}`);
    }
    if (keep === 1 || !pass.noise) return x;
    const shape = perElement(x, pass);
    const mask = sub(1, droppedBlocks(pass.randomKey(), shape, blockSize, 1 - keep));
    // At least one, so that a batch dropped whole gives zeros and not NaN.
    const kept = maximum(sum(mask), 1);
    return mul(mul(x, mask), div(sizeOf(shape), kept));
  }
  const testAffine = (): ChannelAffine => ({ factor: 1, offset: 0 });
  return Object.freeze({
    label: `dropBlock({ keep: ${keep}, blockSize: ${blockSize} })`,
    keep,
    blockSize,
    apply,
    testAffine,
  });
}

/** 1 inside the blocks, 0 elsewhere: [N, ...S, C]. */
function droppedBlocks(key: Value, shape: Shape, blockSize: number, rate: number): Value {
  const last = shape.length - 1;
  const isSpatial = (axis: number): boolean => axis > 0 && axis < last;
  const sides = shape.map((size, axis) => (isSpatial(axis) ? Math.min(blockSize, size) : 1));
  const places = shape.map((size, axis) => size - sides[axis]! + 1);
  const positions = sizeOf(shape.slice(1, -1));
  const corners = sizeOf(places.slice(1, -1));
  const chance = Math.min(1, ((rate / sizeOf(sides)) * positions) / corners);
  const seeds = bernoulli(key, places, { keep: chance });
  return sides.reduce((blocks, side, axis) => grow(blocks, axis, side), seeds);
}

/** Spreads each 1 over the `side` positions from its own on, along one axis. */
function grow(blocks: Value, axis: number, side: number): Value {
  if (side === 1) return blocks;
  const along = (amount: number): number[] =>
    blocks.shape.map((_, at) => (at === axis ? amount : 0));
  const padded = pad(blocks, { before: along(side - 1), after: along(side - 1) });
  const size = blocks.shape[axis]! + side - 1;
  const shifted = Array.from({ length: side }, (_, from) =>
    slice(padded, {
      start: along(from),
      end: padded.shape.map((whole, at) => (at === axis ? from + size : whole)),
    }),
  );
  return shifted.reduce((most, next) => maximum(most, next));
}
