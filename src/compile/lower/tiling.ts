/**
 * How a matrix product is cut into register tiles of `rows` × `vectors`, all of whose sums stay in
 * registers while the inner loop runs over k. The sizes are measured ones.
 */

import { rangeOf, type Share } from "./share.ts";

/** Which tiles a target's registers allow. */
export interface Tiling {
  /** Rows per tile, by vectors per tile: from 1 to the widest tile. */
  readonly rows: readonly [number, ...number[]];
}

/**
 * Some 15 vector registers, as WebAssembly has on x86, and multiply-adds that overwrite their
 * addend: twelve sums, two vectors and one element fill them exactly.
 */
export const fewRegisters: Tiling = { rows: [8, 6] };

/** The same without a fused multiply-add: the product needs a register too, or all sums spill. */
export const fewRegistersUnfused: Tiling = { rows: [8, 5, 3] };

/** 16 registers as a C compiler uses them: four rows of three vectors would fill them all, and spill. */
export const sixteenRegisters: Tiling = { rows: [10, 6] };

/** 32 registers: 24 sums, and room for a row of the right operand. */
export const manyRegisters: Tiling = { rows: [20, 12, 8, 6] };

/** `repeat` equal blocks from `from` on, each of `size`. */
export interface Blocks {
  readonly from: number;
  readonly repeat: number;
  readonly size: number;
}

export interface ColumnBlocks extends Blocks {
  /** Vectors per block: size / lanes, rounded up. */
  readonly vectors: number;
  /** Lanes in use of the last vector. */
  readonly lastCount: number;
}

/** Cuts `count` rows into blocks of `rows`, without leaving a lone row behind where it can. */
export function rowBlocks(count: number, vectors: number, tiling: Tiling): Blocks[] {
  const rows = tiling.rows[vectors - 1]!;
  const whole = Math.floor(count / rows);
  const rest = count % rows;
  if (rest === 0) return [{ from: 0, repeat: whole, size: rows }];
  if (whole === 0) return [{ from: 0, repeat: 1, size: rest }];
  if (rest * 2 >= rows) {
    const from = whole * rows;
    return [
      { from: 0, repeat: whole, size: rows },
      { from, repeat: 1, size: rest },
    ];
  }
  const from = (whole - 1) * rows;
  const first = Math.ceil((rows + rest) / 2);
  return [
    { from: 0, repeat: whole - 1, size: rows },
    { from, repeat: 1, size: first },
    { from: from + first, repeat: 1, size: rows + rest - first },
  ].filter(({ repeat }) => repeat > 0);
}

/** Cuts `columns` into as few blocks as can be, as even as can be; part of a vector ends one of its own. */
export function columnBlocks(columns: number, lanes: number, { rows }: Tiling): ColumnBlocks[] {
  const vectors = Math.ceil(columns / lanes);
  const count = Math.ceil(vectors / rows.length);
  const narrow = Math.floor(vectors / count);
  const sizes = Array.from({ length: count }, (_, i) => narrow + (i < vectors % count ? 1 : 0));
  const blocks: ColumnBlocks[] = [];
  let from = 0;
  sizes.forEach((width, i) => {
    const size = Math.min(width * lanes, columns - from);
    const lastCount = size - (width - 1) * lanes;
    const last = blocks[blocks.length - 1];
    const alike = last !== undefined && last.size === size && last.vectors === width;
    if (alike) blocks[blocks.length - 1] = { ...last, repeat: last.repeat + 1 };
    else blocks.push({ from, repeat: 1, size, vectors: width, lastCount });
    from += sizes[i]! * lanes;
  });
  return blocks;
}

/** This share of the column blocks. */
export function sharedBlocks(blocks: readonly ColumnBlocks[], share: Share): ColumnBlocks[] {
  const { from, to } = rangeOf(
    blocks.reduce((sum, { repeat }) => sum + repeat, 0),
    1,
    share,
  );
  let before = 0;
  return blocks.flatMap((block) => {
    const first = Math.max(from - before, 0);
    const end = Math.min(to - before, block.repeat);
    before += block.repeat;
    return first < end
      ? [{ ...block, from: block.from + first * block.size, repeat: end - first }]
      : [];
  });
}
