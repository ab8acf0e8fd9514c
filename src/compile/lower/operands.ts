/**
 * The operands of a matrix product as they lie in memory. Rows and depth may have several axes:
 * the rows of a convolution are the places of its window, its depth the cells of the window.
 */
import { stridesOf } from "../../base/shape.ts";
import { contractOp } from "../../graph/ops/contract.ts";
import { matmulOp } from "../../graph/ops/matmul.ts";
import { attrsOf, isOp, type Value } from "../../graph/value.ts";
import {
  addIndex,
  constantIndex,
  f32,
  kernelBuilder,
  load,
  scaleIndex,
  splat,
  type KernelBuilder,
} from "../../loops/builder.ts";
import type { Buffer, Expr, Index, Kernel } from "../../loops/ir.ts";
import { accessOf } from "../access.ts";
import type { LowerContext } from "./context.ts";
import { columnBlocks, sharedBlocks, type ColumnBlocks } from "./tiling.ts";

/** One axis, and how far apart its neighbours lie, in elements. */
export interface Extent {
  readonly size: number;
  readonly stride: number;
}

export interface Operand {
  readonly buffer: Buffer;
  readonly offset: number;
  /** Rows of the left operand, the columns (one axis) of the right one. */
  readonly outer: readonly Extent[];
  readonly depth: readonly Extent[];
}

export interface Operands {
  readonly left: Operand;
  readonly right: Operand;
}

export function operandsOf(product: Value, context: LowerContext): Operands {
  const [x, y] = [extentsOf(product.inputs[0]!, context), extentsOf(product.inputs[1]!, context)];
  if (isOp(product, matmulOp)) {
    const { transposeX, transposeY } = attrsOf(product, matmulOp);
    const [rows, depthX] = transposeX ? [x.axes[1]!, x.axes[0]!] : [x.axes[0]!, x.axes[1]!];
    const [depthY, columns] = transposeY ? [y.axes[1]!, y.axes[0]!] : [y.axes[0]!, y.axes[1]!];
    return {
      left: { ...x, outer: [rows], depth: [depthX] },
      right: { ...y, outer: [columns], depth: [depthY] },
    };
  }
  const { depth } = attrsOf(product, contractOp);
  return {
    left: { ...x, outer: x.axes.slice(0, -depth), depth: x.axes.slice(-depth) },
    right: { ...y, outer: y.axes.slice(depth), depth: y.axes.slice(0, depth) },
  };
}

function extentsOf(
  value: Value,
  context: LowerContext,
): { readonly buffer: Buffer; readonly offset: number; readonly axes: Extent[] } {
  const { root, strides, offset } = accessOf(value);
  const axes = value.shape.map((size, axis) => ({ size, stride: strides[axis]! }));
  return { buffer: context.bufferOf(root), offset, axes };
}

/** One loop over depth: where it leads in the left operand and in the right one's vectors. */
export interface DepthLoop {
  readonly size: number;
  readonly left: number;
  readonly right: number;
}

/** Depth as few loops: neighbours become one where both operands continue evenly. */
export function depthLoops(left: readonly Extent[], right: readonly number[]): DepthLoop[] {
  const loops: DepthLoop[] = [];
  left.forEach(({ size, stride }, axis) => {
    if (size === 1) return;
    const next = { size, left: stride, right: right[axis]! };
    const last = loops[loops.length - 1];
    const even = last?.left === next.left * size && last.right === next.right * size;
    if (last !== undefined && even) loops[loops.length - 1] = { ...next, size: last.size * size };
    else loops.push(next);
  });
  return loops;
}

/** Where the right operand's vectors are found. */
export interface Vectors {
  /** Strides of the depth axes, in the units that `at` counts depth in. */
  readonly depthStrides: readonly number[];
  /** The `inner`-th vector of the `nth` block of that kind, in the row of the given depth. */
  at(depth: Index, block: ColumnBlocks, nth: Index, inner: number): Expr;
  /** Kernels that must run before. */
  readonly packing: readonly Kernel[];
}

/** Bytes of the first-level data cache that one operand may count on. */
export const CACHE: number = 32 * 1024;

/**
 * The right operand's vectors: straight from memory where its columns are contiguous and it fits
 * the cache or is hardly read twice; else from a packed copy in panels
 * [columns / width][depth][width], which the inner loop walks in one line.
 */
export function rightVectors(
  right: Operand,
  rows: number,
  names: { readonly kernel: string; readonly scratch: string },
  context: LowerContext,
): Vectors {
  const { outer, depth } = right;
  const { lanes, tiling } = context;
  const [{ size: columns, stride }] = outer as [Extent];
  const length = depth.reduce((product, { size }) => product * size, 1);
  const small = length * columns * 4 <= CACHE || rows < 16;
  if (stride === 1 && small) return plainVectors(right, context);
  const panels = context.scratch(
    `${names.scratch}-panels`,
    length * Math.ceil(columns / lanes) * lanes,
  );
  const blocks = sharedBlocks(columnBlocks(columns, lanes, tiling), context.share);
  return {
    depthStrides: stridesOf(depth.map(({ size }) => size)),
    packing: [pack({ from: right, panels, length, blocks, lanes }, `${names.kernel}-pack`)],
    at: (row, block, nth, inner) =>
      load(panels, panelIndex(row, block, nth, inner, length, lanes), { lanes }),
  };
}

/** Vectors straight from memory; the columns must be contiguous. */
export function plainVectors({ buffer, offset, depth }: Operand, { lanes }: LowerContext): Vectors {
  return {
    depthStrides: depth.map(({ stride }) => stride),
    packing: [],
    at(row, block, nth, inner) {
      const column = columnIndex(block, nth, inner, lanes);
      const index = addIndex(addIndex(constantIndex(offset), row), column);
      return load(buffer, index, { lanes, count: lanesInUse(block, inner, lanes) });
    },
  };
}

function lanesInUse({ vectors, lastCount }: ColumnBlocks, inner: number, lanes: number): number {
  return inner === vectors - 1 ? lastCount : lanes;
}

/** First column of a vector. */
export function columnIndex(block: ColumnBlocks, nth: Index, inner: number, lanes: number): Index {
  return addIndex(constantIndex(block.from + inner * lanes), scaleIndex(nth, block.size));
}

/** Panels follow each other; within one, each row of the depth is `vectors` vectors in a row. */
function panelIndex(
  row: Index,
  { from, vectors }: ColumnBlocks,
  nth: Index,
  inner: number,
  length: number,
  lanes: number,
): Index {
  const width = vectors * lanes;
  const panel = addIndex(
    constantIndex(from * length + inner * lanes),
    scaleIndex(nth, width * length),
  );
  return addIndex(panel, scaleIndex(row, width));
}

/** What goes into panels, and how they are cut. */
interface Packing {
  readonly from: Operand;
  readonly panels: Buffer;
  /** Rows of the depth. */
  readonly length: number;
  readonly blocks: readonly ColumnBlocks[];
  readonly lanes: number;
}

function pack(packing: Packing, name: string): Kernel {
  const { from, blocks, lanes } = packing;
  const k = kernelBuilder(name);
  const [{ stride }] = from.outer as [Extent];
  const loops = depthLoops(from.depth, stridesOf(from.depth.map(({ size }) => size)));
  // Wide vectors of scattered elements would come from as many cache lines as they have lanes.
  const transposed = lanes > 4 && stride > 1 && loops.length === 1 && loops[0]!.left === 1;
  for (const block of blocks) {
    k.loop("n", 0, block.repeat, 1, (nth) => {
      if (transposed) packTransposed(k, packing, block, nth);
      else overDepth(k, loops, (source, row) => packRow(k, packing, block, nth, source, row));
    });
  }
  return k.finish();
}

function packRow(
  k: KernelBuilder,
  { from: { buffer, offset, outer }, panels, length, lanes }: Packing,
  block: ColumnBlocks,
  nth: Index,
  source: Index,
  row: Index,
): void {
  const [{ stride }] = outer as [Extent];
  for (let inner = 0; inner < block.vectors; inner++) {
    const column = scaleIndex(columnIndex(block, nth, inner, lanes), stride);
    const index = addIndex(addIndex(constantIndex(offset), source), column);
    const count = lanesInUse(block, inner, lanes);
    const vector =
      stride === 0
        ? splat(load(buffer, index), lanes)
        : load(buffer, index, { lanes, count, stride });
    k.store(panels, panelIndex(row, block, nth, inner, length, lanes), vector);
  }
}

/**
 * A panel of columns that are rows in memory, a few cache lines of each at a time: what is read is
 * read once, and what is written stays in the cache until its lines are full.
 */
function packTransposed(
  k: KernelBuilder,
  { from: { buffer, offset, outer }, panels, length, lanes }: Packing,
  block: ColumnBlocks,
  nth: Index,
): void {
  const [{ stride }] = outer as [Extent];
  const at = (row: Index, inner: number): Index =>
    panelIndex(row, block, nth, inner, length, lanes);
  if (block.lastCount < lanes) {
    const last = block.vectors - 1;
    k.loop("k", 0, length, 1, (row) => k.store(panels, at(row, last), f32(0, lanes)));
  }
  const run = (row: Index, count: number): void => {
    k.loop("c", 0, block.size, 1, (c) => {
      const column = addIndex(columnIndex(block, nth, 0, lanes), c);
      const source = addIndex(addIndex(constantIndex(offset), scaleIndex(column, stride)), row);
      for (let i = 0; i < count; i++) {
        const ahead = constantIndex(i);
        const element = load(buffer, addIndex(source, ahead));
        k.store(panels, addIndex(at(addIndex(row, ahead), 0), c), element);
      }
    });
  };
  const whole = length - (length % RUN);
  k.loop("k", 0, whole, RUN, (row) => run(row, RUN));
  if (whole < length) run(constantIndex(whole), length - whole);
}

/** Elements of two cache lines: processors fetch them in pairs. */
const RUN = 32;

/** The loops over depth; `body` gets the place in the left and in the right operand. */
export function overDepth(
  k: KernelBuilder,
  [loop, ...rest]: readonly DepthLoop[],
  body: (left: Index, right: Index) => void,
  left: Index = constantIndex(0),
  right: Index = constantIndex(0),
): void {
  if (loop === undefined) return body(left, right);
  k.loop("k", 0, loop.size, 1, (at) => {
    const [l, r] = [scaleIndex(at, loop.left), scaleIndex(at, loop.right)];
    overDepth(k, rest, body, addIndex(left, l), addIndex(right, r));
  });
}
