/**
 * The column sums of a product's epilogue. Where there are few rows, they stay in registers while
 * one block of columns passes all of them. Else they are kept in memory, in a fixed number of
 * parts, and added up at the end.
 */
import type { Value } from "../../graph/value.ts";
import {
  add,
  addIndex,
  constantIndex,
  f32,
  kernelBuilder,
  load,
  scaleIndex,
  type KernelBuilder,
} from "../../loops/builder.ts";
import type { Buffer, Expr, Index, Kernel, Register } from "../../loops/ir.ts";
import type { MatmulGroup } from "../groups.ts";
import type { Axis } from "./axes.ts";
import type { LowerContext } from "./context.ts";
import { newEvaluation, newFrame, store, type Evaluation, type Place } from "./evaluate.ts";
import { CACHE, columnIndex, type DepthLoop, type Operand, type Vectors } from "./operands.ts";
import type { ColumnBlocks, Tiling } from "./tiling.ts";

/**
 * Most rows worked on before the next block of columns: a band of the left operand is read again
 * for each block and should stay in the cache. Column sums are added up band by band, which also
 * bounds the rounding error of long ones. A multiple of every tile's rows.
 */
export const BAND: number = 480;

/** Column sums of each part of the rows, in memory. */
interface Totals {
  readonly buffer: Buffer;
  /** Elements of one part. */
  readonly part: number;
}

/** What the parts of one product's lowering share. */
export interface Work {
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
  readonly sums: readonly { readonly node: Value; readonly totals: Totals | null }[];
  readonly results: readonly Value[];
  readonly keptResults: readonly Value[];
}

export function placeOf(
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

export function held(register: Register): Expr {
  return { kind: "register", register };
}

/** Long columns are summed in parts: a thread's share is some of them, and rounding errors stay small. */
const PARTS = 8;

/** Fewest rows of a part that keep its tiles tall. */
const TALL = 16;
const WIDE = 8;

/**
 * Are column sums kept in memory, part by part? So they are where there are many rows, or where
 * the left operand is too large to be read again for each block of columns; that is, where vectors
 * are so wide that reading takes longer than the arithmetic.
 */
export function isLong(rowAxes: readonly Axis[], left: Operand, lanes: number): boolean {
  const rows = rowAxes[0]?.size ?? 1;
  if (rowAxes.length > 1 || rows > 2 * BAND) return true;
  const depth = left.depth.reduce((product, { size }) => product * size, 1);
  return lanes >= WIDE && rows >= PARTS * TALL && rows * depth * 4 > CACHE;
}

/** The number of parts depends on the shape alone: sums are the same for any number of threads. */
export function partsOf(rowAxes: readonly Axis[]): number {
  return Math.min(PARTS, rowAxes[0]!.size);
}

export function inRegisters(sums: readonly Value[]): Work["sums"] {
  return sums.map((node) => ({ node, totals: null }));
}

export function partialSums(
  sums: readonly Value[],
  rowAxes: readonly Axis[],
  name: string,
  { scratch, lanes }: LowerContext,
): Work["sums"] {
  return sums.map((node, i) => {
    const columns = Math.ceil(node.shape.at(-1)! / lanes) * lanes;
    const buffer = scratch(`${name}-sums${i}`, columns * partsOf(rowAxes));
    return { node, totals: { buffer, part: columns } };
  });
}

export function startSums({ k, sums, lanes }: Work, block: ColumnBlocks): Register[][] {
  return sums.map(() =>
    Array.from({ length: block.vectors }, () => k.variable(f32(0, lanes), "sum")),
  );
}

/** The sums of a band go to the totals of its part, or are the totals if there is but one band. */
export function endSums(
  work: Work,
  block: ColumnBlocks,
  nth: Index,
  registers: readonly Register[][],
  part: Index,
): void {
  const { k, sums, lanes } = work;
  for (let inner = 0; inner < block.vectors && sums.length > 0; inner++) {
    const values = sums.map(({ totals }, i) => {
      const value = held(registers[i]![inner]!);
      if (totals === null) return value;
      const at = totalsIndex(totals, part, columnIndex(block, nth, inner, lanes));
      k.store(totals.buffer, at, add(load(totals.buffer, at, { lanes }), value));
      return value;
    });
    if (sums.every(({ totals }) => totals === null)) {
      storeKept(work, work.here, block, nth, inner, values);
    }
  }
}

/** Part after part, each with its columns padded to whole vectors. */
function totalsIndex({ part: unit }: Totals, part: Index, column: Index): Index {
  return addIndex(scaleIndex(part, unit), column);
}

export function clearSums(
  { k, sums, lanes }: Work,
  blocks: readonly ColumnBlocks[],
  part: Index,
): void {
  for (const { totals } of sums) {
    for (const block of totals === null ? [] : blocks) {
      k.loop("n", 0, block.repeat, 1, (nth) => {
        for (let inner = 0; inner < block.vectors; inner++) {
          const at = totalsIndex(totals!, part, columnIndex(block, nth, inner, lanes));
          k.store(totals!.buffer, at, f32(0, lanes));
        }
      });
    }
  }
}

/** A kernel of its own, after all parts: adds them up and computes what needs the sums. */
export function finishSums(
  work: Work,
  blocks: readonly ColumnBlocks[],
  name: string,
  context: LowerContext,
): Kernel {
  const k = kernelBuilder(name);
  const parts = partsOf(work.axes.slice(0, -1));
  const here = newEvaluation(k, work.group, work.axes, context);
  for (const block of blocks) {
    k.loop("n", 0, block.repeat, 1, (nth) => {
      for (let inner = 0; inner < block.vectors; inner++) {
        const column = columnIndex(block, nth, inner, work.lanes);
        const values = work.sums.map(({ totals }) => {
          const { lanes } = work;
          const partAt = (part: number): Expr =>
            load(totals!.buffer, totalsIndex(totals!, constantIndex(part), column), { lanes });
          let sum = partAt(0);
          for (let part = 1; part < parts; part++) sum = add(sum, partAt(part));
          return k.let(sum, "sum");
        });
        storeKept(work, here, block, nth, inner, values);
      }
    });
  }
  return k.finish();
}

/** What is computed from the column sums. */
function storeKept(
  work: Work,
  here: Evaluation,
  block: ColumnBlocks,
  nth: Index,
  inner: number,
  values: readonly Expr[],
): void {
  const rows = work.axes.slice(0, -1).map(() => constantIndex(0));
  const frame = newFrame(placeOf(work, rows, block, nth, inner), "kept");
  work.sums.forEach(({ node }, i) => frame.values.set(node, values[i]!));
  for (const node of work.keptResults) store(here, node, frame);
}
