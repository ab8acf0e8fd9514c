/**
 * A matrix product with its epilogue. The left operand is read element by element and copied to
 * all lanes, so it may lie in memory in any order; the right one is read in vectors along its
 * columns (`operands.ts`). The result is made in register tiles (`tiling.ts`); what else the group
 * computes is computed on a tile before it leaves the registers.
 */
import { sizeOf } from "../../base/shape.ts";
import type { Value } from "../../graph/value.ts";
import {
  add,
  addIndex,
  constantIndex,
  f32,
  fma,
  kernelBuilder,
  load,
  scaleIndex,
  splat,
} from "../../loops/builder.ts";
import type { Index, Kernel, Register } from "../../loops/ir.ts";
import { strippedShape } from "../access.ts";
import type { MatmulGroup } from "../groups.ts";
import { mergedAxes } from "./axes.ts";
import type { LowerContext } from "./context.ts";
import { evaluateOperand, newEvaluation, newFrame, store, type Frame } from "./evaluate.ts";
import {
  CACHE,
  depthLoops,
  operandsOf,
  overDepth,
  plainVectors,
  rightVectors,
  type DepthLoop,
  type Operand,
  type Vectors,
} from "./operands.ts";
import {
  BAND,
  clearSums,
  endSums,
  finishSums,
  held,
  inRegisters,
  isLong,
  partialSums,
  partsOf,
  placeOf,
  startSums,
  type Work,
} from "./column-sums.ts";
import { isLongDepth, partialProduct, type PartialProduct } from "./long-depth.ts";
import { allOfIt, rangeOf, type Range, type Share } from "./share.ts";
import { columnBlocks, rowBlocks, sharedBlocks, type ColumnBlocks } from "./tiling.ts";

interface Names {
  readonly kernel: string;
  /** What all shares of the kernel have in common. */
  readonly scratch: string;
}

/** The kernels of this share: packing, the product, and what has to wait for all its sums. */
export function lowerMatmul(
  group: MatmulGroup,
  name: string,
  scratch: string,
  context: LowerContext,
): Kernel[] {
  const names = { kernel: name, scratch };
  const { share } = context;
  const { left, right } = operandsOf(group.product, context);
  const sums = group.nodes.filter((node) => node.op.kind === "reduce");
  const isChunked = sums.length === 0 && isLongDepth(left, right);
  const rows = sizeOf(group.product.shape.slice(0, -1));
  const vectors = isChunked
    ? plainVectors(right, context)
    : rightVectors(right, rows, names, context);
  const work = prepare(group, left, vectors, sums, names, context);
  const blocks = columnBlocks(group.domain.at(-1)!, context.lanes, context.tiling);
  const rowAxes = work.axes.slice(0, -1);
  const finish: Kernel[] = [];
  if (isChunked) {
    const partial = partialProduct(work, context.scratch, scratch);
    lowerInChunks(work, blocks, shareOfRows(work, share), partial);
  } else if (sums.length === 0) {
    overBands(work, shareOfRows(work, share), (at, count) => band(work, blocks, at, count));
  } else if (isLong(rowAxes, left, context.lanes)) {
    overParts(work, share, (part, range) => {
      clearSums(work, blocks, part);
      overBands(work, range, (at, count) => band(work, blocks, at, count, part));
    });
    // The sums are added up once all parts are there, by one thread.
    if (share.index === 0) finish.push(finishSums(work, blocks, `${name}-sums`, context));
  } else {
    const mine = sharedBlocks(blocks, share);
    overBands(work, shareOfRows(work, allOfIt), (at, count) => band(work, mine, at, count));
  }
  return [...vectors.packing, work.k.finish(), ...finish];
}

function prepare(
  group: MatmulGroup,
  left: Operand,
  vectors: Vectors,
  sums: readonly Value[],
  names: Names,
  context: LowerContext,
): Work {
  const k = kernelBuilder(names.kernel);
  // The domain leaves out axes of size 1 unless there is only one column.
  const stripped = group.domain.length === strippedShape(group.product.shape).length;
  const outer = stripped ? left.outer.filter(({ size }) => size > 1) : left.outer;
  const along = [...outer.map(({ stride }) => stride), 0];
  const axes = mergedAxes(group, { also: [along], lastApart: true });
  const rowAxes = axes.slice(0, -1);
  const inMemory = (level: string) => (node: Value) =>
    group.levels.get(node) === level && context.inMemory(node);
  return {
    k,
    group,
    axes,
    left,
    rowStrides: rowAxes.map(({ innermost }) => along[innermost]!),
    vectors,
    depth: depthLoops(left.depth, vectors.depthStrides),
    here: newEvaluation(k, group, axes, context),
    lanes: context.lanes,
    tiling: context.tiling,
    sums:
      sums.length > 0 && isLong(rowAxes, left, context.lanes)
        ? partialSums(sums, rowAxes, names.scratch, context)
        : inRegisters(sums),
    results: group.nodes.filter(inMemory("full")),
    keptResults: group.nodes.filter(inMemory("kept")),
  };
}

/**
 * A product of long depth, such as the weight gradient of a convolution, stretch by stretch: all
 * tiles work on one stretch of the right operand while it is in the cache, and keep their sums in
 * memory in between.
 */
function lowerInChunks(
  work: Work,
  blocks: readonly ColumnBlocks[],
  rows: Rows,
  partial: PartialProduct,
): void {
  const { k } = work;
  const overTiles = (body: TileBody): void => {
    overBands(work, rows, (at, count) => band(work, blocks, at, count, constantIndex(0), body));
  };
  overTiles((at, height, block, nth) => partial.clear(at, height, block, nth));
  const [outermost, ...inside] = work.depth as [DepthLoop, ...DepthLoop[]];
  k.loop("d", 0, outermost.size, 1, (step) => {
    const chunk = {
      depth: inside,
      left: scaleIndex(step, outermost.left),
      right: scaleIndex(step, outermost.right),
    };
    overTiles((at, height, block, nth) => {
      const start = partial.load(at, height, block, nth);
      partial.store(at, multiply(work, at, block, nth, start, chunk), block, nth);
    });
  });
  overTiles((at, height, block, nth) => {
    finishTile(work, at, partial.load(at, height, block, nth), block, nth, []);
  });
}

/** A range of one row axis, from `start` on; of the others, everything. */
interface Rows extends Range {
  readonly axis: number;
  readonly start?: Index;
}

/**
 * The parts of the rows whose column sums are this share's, in loops over parts of one length: the
 * first ones have a row more if they do not come out even.
 */
function overParts({ k, axes }: Work, share: Share, body: (part: Index, rows: Rows) => void): void {
  const rowAxes = axes.slice(0, -1);
  const parts = partsOf(rowAxes);
  const { size } = rowAxes[0]!;
  const length = Math.floor(size / parts);
  const longer = size % parts;
  const mine = rangeOf(parts, 1, share);
  const run = (from: number, to: number, count: number, shift: number): void => {
    if (from >= to) return;
    k.loop("part", from, to, 1, (part) => {
      const start = addIndex(scaleIndex(part, count), constantIndex(shift));
      body(part, { axis: 0, from: 0, to: count, start });
    });
  };
  run(mine.from, Math.min(mine.to, longer), length + 1, 0);
  run(Math.max(mine.from, longer), mine.to, length, longer);
}

/** This share of the rows, cut along the axis that cuts most evenly; of equals, the outermost. */
function shareOfRows({ axes, tiling }: Work, share: Share): Rows {
  const rowAxes = axes.slice(0, -1);
  const grains = rowAxes.map((_, axis) => (axis === rowAxes.length - 1 ? tiling.rows.at(-1)! : 1));
  const largest = rowAxes.map(({ size }, axis) => {
    const count = Math.ceil(size / grains[axis]!);
    return Math.ceil(count / share.count) / count;
  });
  const axis = Math.max(0, largest.indexOf(Math.min(...largest)));
  return { axis, ...rangeOf(rowAxes[axis]?.size ?? 1, grains[axis] ?? 1, share) };
}

/** Loops over all row axes but the last, and long stretches of that; one of them over a range. */
function overBands(
  { k, axes }: Work,
  rows: Rows,
  body: (at: readonly Index[], count: number) => void,
): void {
  const rowAxes = axes.slice(0, -1);
  const descend = (axis: number, at: readonly Index[]): void => {
    const mine: Rows = axis === rows.axis ? rows : { axis, from: 0, to: rowAxes[axis]!.size };
    const { from, to, start = constantIndex(0) } = mine;
    if (axis < rowAxes.length - 1) {
      k.loop("o", from, to, 1, (index) => descend(axis + 1, [...at, addIndex(start, index)]));
      return;
    }
    const whole = to - from > 2 * BAND ? to - ((to - from) % BAND) : from;
    k.loop("band", from, whole, BAND, (index) => body([...at, addIndex(start, index)], BAND));
    if (whole < to) body([...at, addIndex(start, constantIndex(whole))], to - whole);
  };
  descend(0, []);
}

/** Bytes of the second-level cache of common processors. */
const SECOND_CACHE = 1024 * 1024;

/** One band of rows against all columns; column sums go to `part`. */
function band(
  work: Work,
  blocks: readonly ColumnBlocks[],
  at: readonly Index[],
  count: number,
  part: Index = constantIndex(0),
  body: TileBody = tile.bind(null, work),
): void {
  const { k } = work;
  const outside = at.slice(0, -1);
  const tileAt = (start: number, nth: Index, size: number): readonly Index[] => [
    ...outside,
    addIndex(at.at(-1)!, addIndex(constantIndex(start), scaleIndex(nth, size))),
  ];
  if (work.sums.length === 0 && rowsOutside(work, count)) {
    const widest = Math.max(...blocks.map(({ vectors }) => vectors));
    for (const { from, repeat, size } of rowBlocks(count, widest, work.tiling)) {
      k.loop("m", 0, repeat, 1, (mth) => {
        for (const block of blocks) {
          k.loop("n", 0, block.repeat, 1, (nth) => {
            body(tileAt(from, mth, size), size, block, nth, []);
          });
        }
      });
    }
    return;
  }
  for (const block of blocks) {
    k.loop("n", 0, block.repeat, 1, (nth) => {
      const totals = startSums(work, block);
      for (const { from, repeat, size } of rowBlocks(count, block.vectors, work.tiling)) {
        k.loop("m", 0, repeat, 1, (mth) => {
          body(tileAt(from, mth, size), size, block, nth, totals);
        });
      }
      endSums(work, block, nth, totals, part);
    });
  }
}

/**
 * Which loop is outside? With columns outside, the left band is read once per column block; with
 * rows outside, the right operand once per tile of rows; unless it fits the cache.
 */
function rowsOutside({ left, group, lanes, tiling, rowStrides }: Work, rows: number): boolean {
  const widest = tiling.rows.length;
  const depth = left.depth.reduce((product, { size }) => product * size, 1);
  const columns = group.domain.at(-1)!;
  const blocks = Math.ceil(columns / (widest * lanes));
  const leftBytes = rows * depth * 4;
  const rightBytes = depth * columns * 4;
  // Tiles of a large result that follow each other along its rows are fetched ahead by the processor.
  if (rows * columns * 4 > SECOND_CACHE && rightBytes <= SECOND_CACHE) return true;
  const columnsOutsideCost = leftBytes * (leftBytes > CACHE ? blocks : 1) + rightBytes;
  const rowsOutsideCost =
    rightBytes * (rightBytes > CACHE ? Math.ceil(rows / tiling.rows.at(-1)!) : 1) + leftBytes;
  // A column of a row-major matrix touches a cache line per element: reading it once matters more.
  const scattered = rowStrides.at(-1) === 1 ? 0.5 : 1;
  return rowsOutsideCost * scattered < columnsOutsideCost;
}

/** What is done with one tile: its first row, its rows, its columns, and their sums so far. */
type TileBody = (
  at: readonly Index[],
  rows: number,
  block: ColumnBlocks,
  nth: Index,
  totals: readonly Register[][],
) => void;

function tile(
  work: Work,
  at: readonly Index[],
  rows: number,
  block: ColumnBlocks,
  nth: Index,
  totals: readonly Register[][],
): void {
  const { k, lanes, depth } = work;
  const zeros = Array.from({ length: rows }, () =>
    Array.from({ length: block.vectors }, () => k.variable(f32(0, lanes), "acc")),
  );
  const all = { depth, left: constantIndex(0), right: constantIndex(0) };
  finishTile(work, at, multiply(work, at, block, nth, zeros, all), block, nth, totals);
}

/** The epilogue, on a tile of the product that is in registers. */
function finishTile(
  work: Work,
  at: readonly Index[],
  product: readonly Register[][],
  block: ColumnBlocks,
  nth: Index,
  totals: readonly Register[][],
): void {
  const { k, group, here } = work;
  const loads: Frame["loads"] = new Map();
  product.forEach((registers, i) => {
    const row = [...at.slice(0, -1), addIndex(at.at(-1)!, constantIndex(i))];
    registers.forEach((register, inner) => {
      const frame: Frame = { ...newFrame(placeOf(work, row, block, nth, inner), "full"), loads };
      frame.values.set(group.product, held(register));
      for (const node of work.results) store(here, node, frame);
      work.sums.forEach(({ node }, s) => {
        const target = totals[s]![inner]!;
        k.set(target, add(held(target), evaluateOperand(here, node, frame)));
      });
    });
  });
}

/** A stretch of the depth: its loops, and where it starts in both operands. */
interface Chunk {
  readonly depth: readonly DepthLoop[];
  readonly left: Index;
  readonly right: Index;
}

/** The innermost loops: a row of the right operand's vectors against one element per left row. */
function multiply(
  { k, left, rowStrides, vectors, lanes }: Work,
  at: readonly Index[],
  block: ColumnBlocks,
  nth: Index,
  accumulators: Register[][],
  chunk: Chunk,
): Register[][] {
  const start = rowStrides.reduce(
    (sum, stride, axis) => addIndex(sum, scaleIndex(at[axis]!, stride)),
    addIndex(constantIndex(left.offset), chunk.left),
  );
  const between = rowStrides.at(-1) ?? 0;
  overDepth(k, chunk.depth, (inLeft, inRight) => {
    const right = Array.from({ length: block.vectors }, (_, inner) =>
      k.let(vectors.at(addIndex(chunk.right, inRight), block, nth, inner), "b"),
    );
    accumulators.forEach((registers, i) => {
      const index = addIndex(addIndex(start, inLeft), constantIndex(i * between));
      const a = k.let(splat(load(left.buffer, index), lanes), "a");
      registers.forEach((register, inner) => {
        k.set(register, fma(a, right[inner]!, held(register)));
      });
    });
  });
  return accumulators;
}
