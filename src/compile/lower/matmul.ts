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
  type KernelBuilder,
} from "../../loops/builder.ts";
import type { Buffer, Expr, Index, Kernel, Register } from "../../loops/ir.ts";
import { strippedShape } from "../access.ts";
import type { MatmulGroup } from "../groups.ts";
import { mergedAxes, type Axis } from "./axes.ts";
import type { LowerContext } from "./context.ts";
import {
  evaluateOperand,
  newEvaluation,
  newFrame,
  store,
  type Evaluation,
  type Frame,
  type Place,
} from "./evaluate.ts";
import {
  CACHE,
  columnIndex,
  depthLoops,
  operandsOf,
  overDepth,
  rightVectors,
  type DepthLoop,
  type Operand,
  type Vectors,
} from "./operands.ts";
import { columnBlocks, rowBlocks, type ColumnBlocks, type Tiling } from "./tiling.ts";

/**
 * Most rows worked on before the next block of columns: a band of the left operand is read again
 * for each block and should stay in the cache. Column sums are added up band by band, which also
 * bounds the rounding error of long ones. A multiple of every tile's rows.
 */
const BAND = 480;

/** What the parts of one product's lowering share. */
interface Work {
  readonly k: KernelBuilder;
  readonly group: MatmulGroup;
  readonly axes: readonly Axis[];
  readonly left: Operand;
  /** Strides of the left operand along each of `axes` but the last. */
  readonly rowStrides: readonly number[];
  readonly vectors: Vectors;
  readonly depth: readonly DepthLoop[];
  readonly here: Evaluation;
  readonly lanes: number;
  readonly tiling: Tiling;
  /** The column sums of the epilogue, and where they are kept between bands. */
  readonly sums: readonly { readonly node: Value; readonly totals: Buffer | null }[];
  readonly results: readonly Value[];
  readonly keptResults: readonly Value[];
}

export function lowerMatmul(group: MatmulGroup, name: string, context: LowerContext): Kernel[] {
  const k = kernelBuilder(name);
  const { left, right } = operandsOf(group.product, context);
  const rows = sizeOf(group.product.shape.slice(0, -1));
  const vectors = rightVectors(right, rows, name, context);
  // The domain leaves out axes of size 1 unless there is only one column.
  const stripped = group.domain.length === strippedShape(group.product.shape).length;
  const outer = stripped ? left.outer.filter(({ size }) => size > 1) : left.outer;
  const along = [...outer.map(({ stride }) => stride), 0];
  const axes = mergedAxes(group, { also: [along], lastApart: true });
  const rowAxes = axes.slice(0, -1);
  const lastRows = rowAxes.at(-1)?.size ?? 1;
  const inBands = rowAxes.length > 1 || lastRows > 2 * BAND;
  const columns = group.domain.at(-1)!;
  const inMemory = (level: string) => (node: Value) =>
    group.levels.get(node) === level && context.inMemory(node);
  const work: Work = {
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
    sums: group.nodes
      .filter((node) => node.op.kind === "reduce")
      .map((node, i) => {
        const padded = Math.ceil(columns / context.lanes) * context.lanes;
        return { node, totals: inBands ? context.scratch(`${name}-sums${i}`, padded) : null };
      }),
    results: group.nodes.filter(inMemory("full")),
    keptResults: group.nodes.filter(inMemory("kept")),
  };
  const blocks = columnBlocks(columns, context.lanes, context.tiling);
  clearSums(work, blocks);
  overBands(work, (at, count) => band(work, blocks, at, count));
  if (inBands) finishSums(work, blocks);
  return [...vectors.packing, k.finish()];
}

/** Loops over all row axes but the last, and over long stretches of that one. */
function overBands({ k, axes }: Work, body: (at: readonly Index[], count: number) => void): void {
  const rowAxes = axes.slice(0, -1);
  const descend = (axis: number, at: readonly Index[]): void => {
    const size = rowAxes[axis]?.size ?? 1;
    if (axis < rowAxes.length - 1) {
      k.loop("o", 0, size, 1, (index) => descend(axis + 1, [...at, index]));
      return;
    }
    const whole = size > 2 * BAND ? size - (size % BAND) : 0;
    k.loop("band", 0, whole, BAND, (index) => body([...at, index], BAND));
    if (whole < size) body([...at, constantIndex(whole)], size - whole);
  };
  descend(0, []);
}

/** One band of rows against all columns. */
function band(
  work: Work,
  blocks: readonly ColumnBlocks[],
  at: readonly Index[],
  count: number,
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
            tile(work, tileAt(from, mth, size), size, block, nth, []);
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
          tile(work, tileAt(from, mth, size), size, block, nth, totals);
        });
      }
      endSums(work, block, nth, totals);
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
  const columnsOutsideCost = leftBytes * (leftBytes > CACHE ? blocks : 1) + rightBytes;
  const rowsOutsideCost =
    rightBytes * (rightBytes > CACHE ? Math.ceil(rows / tiling.rows.at(-1)!) : 1) + leftBytes;
  // A column of a row-major matrix touches a cache line per element: reading it once matters more.
  const scattered = rowStrides.at(-1) === 1 ? 0.5 : 1;
  return rowsOutsideCost * scattered < columnsOutsideCost;
}

function placeOf(
  work: Work,
  row: readonly Index[],
  block: ColumnBlocks,
  nth: Index,
  inner: number,
): Place {
  const rowsAt = work.axes.length === 1 ? [] : row;
  const count = inner === block.vectors - 1 ? block.lastCount : work.lanes;
  const column = columnIndex(block, nth, inner, work.lanes);
  return { at: [...rowsAt, column], lanes: work.lanes, count };
}

function tile(
  work: Work,
  at: readonly Index[],
  rows: number,
  block: ColumnBlocks,
  nth: Index,
  totals: readonly Register[][],
): void {
  const { k, group, here } = work;
  const accumulators = multiply(work, at, rows, block, nth);
  const loads: Frame["loads"] = new Map();
  accumulators.forEach((registers, i) => {
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

/** The innermost loops: a row of the right operand's vectors against one element per left row. */
function multiply(
  { k, left, rowStrides, vectors, depth, lanes }: Work,
  at: readonly Index[],
  rows: number,
  block: ColumnBlocks,
  nth: Index,
): Register[][] {
  const accumulators = Array.from({ length: rows }, () =>
    Array.from({ length: block.vectors }, () => k.variable(f32(0, lanes), "acc")),
  );
  const start = rowStrides.reduce(
    (sum, stride, axis) => addIndex(sum, scaleIndex(at[axis]!, stride)),
    constantIndex(left.offset),
  );
  const between = rowStrides.at(-1) ?? 0;
  overDepth(k, depth, (inLeft, inRight) => {
    const right = Array.from({ length: block.vectors }, (_, inner) =>
      k.let(vectors.at(inRight, block, nth, inner), "b"),
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

function held(register: Register): Expr {
  return { kind: "register", register };
}

function startSums({ k, sums, lanes }: Work, block: ColumnBlocks): Register[][] {
  return sums.map(() =>
    Array.from({ length: block.vectors }, () => k.variable(f32(0, lanes), "sum")),
  );
}

/** The sums of a band go to the totals, or are the totals if there is but one band. */
function endSums(
  work: Work,
  block: ColumnBlocks,
  nth: Index,
  registers: readonly Register[][],
): void {
  const { k, sums, lanes } = work;
  for (let inner = 0; inner < block.vectors && sums.length > 0; inner++) {
    const values = sums.map(({ totals }, i) => {
      const part = held(registers[i]![inner]!);
      if (totals === null) return part;
      const at = columnIndex(block, nth, inner, lanes);
      k.store(totals, at, add(load(totals, at, { lanes }), part));
      return part;
    });
    if (sums.every(({ totals }) => totals === null)) storeKept(work, block, nth, inner, values);
  }
}

function clearSums({ k, sums, lanes }: Work, blocks: readonly ColumnBlocks[]): void {
  for (const { totals } of sums) {
    if (totals === null) continue;
    const end = blocks.reduce(
      (most, { from, repeat, vectors }) => Math.max(most, from + repeat * vectors * lanes),
      0,
    );
    k.loop("c", 0, end, lanes, (at) => k.store(totals, at, f32(0, lanes)));
  }
}

function finishSums(work: Work, blocks: readonly ColumnBlocks[]): void {
  const { k, sums, lanes } = work;
  if (sums.length === 0) return;
  for (const block of blocks) {
    k.loop("n", 0, block.repeat, 1, (nth) => {
      for (let inner = 0; inner < block.vectors; inner++) {
        const at = columnIndex(block, nth, inner, lanes);
        const values = sums.map(({ totals }) => k.let(load(totals!, at, { lanes }), "sum"));
        storeKept(work, block, nth, inner, values);
      }
    });
  }
}

/** What is computed from the column sums. */
function storeKept(
  work: Work,
  block: ColumnBlocks,
  nth: Index,
  inner: number,
  values: readonly Expr[],
): void {
  const rows = work.axes.slice(0, -1).map(() => constantIndex(0));
  const frame = newFrame(placeOf(work, rows, block, nth, inner), "kept");
  work.sums.forEach(({ node }, i) => frame.values.set(node, values[i]!));
  for (const node of work.keptResults) store(work.here, node, frame);
}
