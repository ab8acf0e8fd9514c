/**
 * Products whose depth is long, such as the weight gradient of a convolution, which sums over all
 * images and places: each tile would stream the whole right operand through the cache. They are
 * made in stretches of depth instead, with the sums so far in memory.
 */
import { stridesOf } from "../../base/shape.ts";
import { addIndex, constantIndex, f32, load, scaleIndex } from "../../loops/builder.ts";
import type { Index, Register } from "../../loops/ir.ts";
import { held, type Work } from "./column-sums.ts";
import type { LowerContext } from "./context.ts";
import { columnIndex, depthLoops, type Operand } from "./operands.ts";
import type { ColumnBlocks } from "./tiling.ts";

/** Bytes of the right operand from which on depth counts as long: half a second-level cache. */
const LONG = 512 * 1024;

/** Can depth be cut at its outermost loop, and is it worth it? */
export function isLongDepth(left: Operand, right: Operand): boolean {
  const [columns] = right.outer;
  const length = right.depth.reduce((product, { size }) => product * size, 1);
  const strides = right.depth.map(({ stride }) => stride);
  const loops = depthLoops(left.depth, strides);
  return columns?.stride === 1 && length * columns.size * 4 > LONG && loops.length > 1;
}

/** The product so far, in memory, one tile at a time. */
export interface PartialProduct {
  clear(at: readonly Index[], rows: number, block: ColumnBlocks, nth: Index): void;
  load(at: readonly Index[], rows: number, block: ColumnBlocks, nth: Index): Register[][];
  store(at: readonly Index[], tile: readonly Register[][], block: ColumnBlocks, nth: Index): void;
}

/** Row-major, with its columns padded to whole vectors. */
export function partialProduct(
  { k, axes, lanes }: Work,
  scratch: LowerContext["scratch"],
  name: string,
): PartialProduct {
  const sizes = axes.map(({ size }) => size);
  const width = Math.ceil(sizes.at(-1)! / lanes) * lanes;
  const strides = stridesOf([...sizes.slice(0, -1), width]).slice(0, -1);
  const rows = sizes.slice(0, -1).reduce((product, size) => product * size, 1);
  const buffer = scratch(`${name}-partial`, rows * width);
  const indexOf = (
    at: readonly Index[],
    row: number,
    block: ColumnBlocks,
    nth: Index,
    inner: number,
  ): Index => {
    const start = strides.reduce(
      (sum, stride, axis) => addIndex(sum, scaleIndex(at[axis]!, stride)),
      constantIndex(row * (strides.at(-1) ?? 0)),
    );
    return addIndex(start, columnIndex(block, nth, inner, lanes));
  };
  return {
    clear(at, height, block, nth) {
      for (let row = 0; row < height; row++) {
        for (let inner = 0; inner < block.vectors; inner++) {
          k.store(buffer, indexOf(at, row, block, nth, inner), f32(0, lanes));
        }
      }
    },
    load: (at, height, block, nth) =>
      Array.from({ length: height }, (_, row) =>
        Array.from({ length: block.vectors }, (_unused, inner) =>
          k.variable(load(buffer, indexOf(at, row, block, nth, inner), { lanes }), "acc"),
        ),
      ),
    store(at, tile, block, nth) {
      tile.forEach((registers, row) => {
        registers.forEach((register, inner) => {
          k.store(buffer, indexOf(at, row, block, nth, inner), held(register));
        });
      });
    },
  };
}
