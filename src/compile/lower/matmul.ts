/**
 * A matrix product with its epilogue. The left operand is read element by element and copied to
 * all lanes, so it may lie in memory in any order; the right one is read in vectors along its
 * columns, straight from memory or, where that would be scattered or slow, from a packed copy in
 * panels [columns / width][K][width].
 */
import { attrsOf, type Value } from "../../graph/value.ts";
import { matmulOp } from "../../graph/ops/matmul.ts";
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
import { accessOf, type Access } from "../access.ts";
import type { MatmulGroup } from "../fuse.ts";
import type { Axis } from "./axes.ts";
import type { LowerContext } from "./context.ts";
import { evaluator, newFrame, type Evaluator, type Frame, type Place } from "./evaluate.ts";
import { columnBlocks, rowBlocks, type ColumnBlocks } from "./tiling.ts";

/** Bytes of the first-level data cache that one operand may count on. */
const CACHE = 32 * 1024;

/** A matrix in memory: element (row, column) is at offset + row · strides[0] + column · strides[1]. */
interface Matrix {
  readonly buffer: Buffer;
  readonly strides: readonly [number, number];
  readonly offset: number;
}

/** Where the right operand's vectors are found. */
interface RightOperand {
  /** The vector of columns n … n + lanes of row k. */
  vector(k: Index, block: ColumnBlocks, nth: Index, inner: number): Expr;
  readonly packing: readonly Kernel[];
}

interface Sizes {
  readonly rows: number;
  readonly depth: number;
  readonly columns: number;
}

export function lowerMatmul(group: MatmulGroup, name: string, context: LowerContext): Kernel[] {
  const { product } = group;
  const { transposeX, transposeY } = attrsOf(product, matmulOp);
  const left = matrixOf(product.inputs[0]!, transposeX, context);
  const rightMatrix = matrixOf(product.inputs[1]!, transposeY, context);
  const [rows, columns] = [product.shape[0]!, product.shape[1]!];
  const depth = product.inputs[0]!.shape[transposeX ? 0 : 1]!;
  const sizes = { rows, depth, columns };
  const right = rightOperand(rightMatrix, sizes, name, context);

  const k = kernelBuilder(name);
  const axes: Axis[] = [
    { size: rows, reduced: group.reduced !== null, innermost: 0 },
    { size: columns, reduced: false, innermost: 1 },
  ];
  const tiles = tileWriter(k, group, left, right, depth, evaluator(k, group, axes, context), context);
  const blocks = columnBlocks(columns, context.lanes);
  if (tiles.sums.length > 0 || !rowsOutside(sizes, left)) {
    for (const block of blocks) {
      k.loop("n", 0, block.repeat, 1, (nth) => {
        const totals = tiles.startSums(block);
        for (const band of rowBlocks(rows, block.vectors)) {
          k.loop("m", 0, band.repeat, 1, (mth) => {
            const from = addIndex(constantIndex(band.from), scaleIndex(mth, band.size));
            tiles.tile(from, band.size, block, nth, totals);
          });
        }
        tiles.finishSums(block, nth, totals);
      });
    }
  } else {
    const widest = Math.max(...blocks.map(({ vectors }) => vectors));
    for (const band of rowBlocks(rows, widest)) {
      k.loop("m", 0, band.repeat, 1, (mth) => {
        const from = addIndex(constantIndex(band.from), scaleIndex(mth, band.size));
        for (const block of blocks) {
          k.loop("n", 0, block.repeat, 1, (nth) => tiles.tile(from, band.size, block, nth, []));
        }
      });
    }
  }
  return [...right.packing, k.finish()];
}

/** The operand as stored, its transpose if the product wants that. */
function matrixOf(value: Value, transposed: boolean, context: LowerContext): Matrix {
  const { root, strides, offset }: Access = accessOf(value);
  const [outer, inner] = [strides[0]!, strides[1]!];
  return { buffer: context.bufferOf(root), strides: transposed ? [inner, outer] : [outer, inner], offset };
}

/**
 * Which loop is outside? With columns outside, the left operand is read once per column block;
 * with rows outside, the right one once per row band; unless it fits the cache.
 */
function rowsOutside({ rows, depth, columns }: Sizes, { strides }: Matrix): boolean {
  const blocks = Math.ceil(columns / 12);
  const bands = Math.ceil(rows / 3);
  const leftBytes = rows * depth * 4;
  const rightBytes = depth * columns * 4;
  const columnsOutsideCost = leftBytes * (leftBytes > CACHE ? blocks : 1) + rightBytes;
  const rowsOutsideCost = rightBytes * (rightBytes > CACHE ? bands : 1) + leftBytes;
  // A column of a row-major matrix touches a cache line per element: reading it once matters more.
  const scattered = strides[1] > 1 ? 0.5 : 1;
  return rowsOutsideCost * scattered < columnsOutsideCost;
}

function rightOperand(
  matrix: Matrix,
  { rows, depth, columns }: Sizes,
  name: string,
  context: LowerContext,
): RightOperand {
  const { lanes } = context;
  const { buffer, strides, offset } = matrix;
  const small = depth * columns * 4 <= CACHE || rows < 16;
  if (strides[1] === 1 && small) {
    return {
      packing: [],
      vector(k, block, nth, inner) {
        const column = addIndex(scaleIndex(nth, block.size), constantIndex(offset + block.from + inner * lanes));
        const count = inner === block.vectors - 1 ? block.lastCount : lanes;
        return load(buffer, addIndex(scaleIndex(k, strides[0]), column), { lanes, count });
      },
    };
  }
  const panels = context.scratch(`${name}-panels`, depth * Math.ceil(columns / lanes) * lanes);
  return {
    packing: [lowerPacking(matrix, depth, columns, panels, `${name}-pack`, lanes)],
    vector(k, block, nth, inner) {
      return load(panels, panelIndex(k, block, nth, inner, depth, lanes), { lanes });
    },
  };
}

/** Panels follow each other; within one, row k is `vectors` vectors in a row. */
function panelIndex(
  k: Index,
  { from, vectors }: ColumnBlocks,
  nth: Index,
  inner: number,
  depth: number,
  lanes: number,
): Index {
  const width = vectors * lanes;
  const panel = addIndex(constantIndex(from * depth + inner * lanes), scaleIndex(nth, width * depth));
  return addIndex(panel, scaleIndex(k, width));
}

function lowerPacking(
  { buffer, strides, offset }: Matrix,
  depth: number,
  columns: number,
  panels: Buffer,
  name: string,
  lanes: number,
): Kernel {
  const k = kernelBuilder(name);
  for (const block of columnBlocks(columns, lanes)) {
    k.loop("n", 0, block.repeat, 1, (nth) => {
      k.loop("k", 0, depth, 1, (at) => {
        for (let inner = 0; inner < block.vectors; inner++) {
          const column = addIndex(
            constantIndex(block.from + inner * lanes),
            scaleIndex(nth, block.size),
          );
          const from = addIndex(
            constantIndex(offset),
            addIndex(scaleIndex(at, strides[0]), scaleIndex(column, strides[1])),
          );
          const count = inner === block.vectors - 1 ? block.lastCount : lanes;
          const vector = load(buffer, from, { lanes, count, stride: strides[1] });
          k.store(panels, panelIndex(at, block, nth, inner, depth, lanes), vector);
        }
      });
    });
  }
  return k.finish();
}

interface TileWriter {
  /** The column sums of the epilogue. */
  readonly sums: readonly Value[];
  startSums(block: ColumnBlocks): Register[][];
  finishSums(block: ColumnBlocks, nth: Index, totals: readonly Register[][]): void;
  tile(from: Index, rows: number, block: ColumnBlocks, nth: Index, totals: readonly Register[][]): void;
}

function tileWriter(
  k: KernelBuilder,
  group: MatmulGroup,
  left: Matrix,
  right: RightOperand,
  depth: number,
  rules: Evaluator,
  context: LowerContext,
): TileWriter {
  const { lanes } = context;
  const sums = group.nodes.filter((node) => node.op.kind === "reduce");
  const results = group.nodes.filter(
    (node) => group.levels.get(node) === "full" && context.inMemory(node),
  );
  const keptResults = group.nodes.filter(
    (node) => group.levels.get(node) === "kept" && context.inMemory(node),
  );

  function placeOf(row: Index, block: ColumnBlocks, nth: Index, inner: number): Place {
    const column = addIndex(constantIndex(block.from + inner * lanes), scaleIndex(nth, block.size));
    const count = inner === block.vectors - 1 ? block.lastCount : lanes;
    return { at: [row, column], lanes, count };
  }

  return {
    sums,
    startSums: (block) =>
      sums.map(() => Array.from({ length: block.vectors }, () => k.variable(f32(0, lanes), "sum"))),
    finishSums(block, nth, totals) {
      for (let inner = 0; inner < block.vectors && keptResults.length > 0; inner++) {
        const frame = newFrame(placeOf(constantIndex(0), block, nth, inner), "kept");
        sums.forEach((node, i) =>
          frame.values.set(node, { kind: "register", register: totals[i]![inner]! }),
        );
        for (const node of keptResults) rules.store(node, rules.evaluate(node, frame), frame);
      }
    },
    tile(from, rows, block, nth, totals) {
      const accumulators = multiply(k, left, right, depth, from, rows, block, nth, lanes);
      const loads: Frame["loads"] = new Map();
      accumulators.forEach((row, i) => {
        row.forEach((register, inner) => {
          const place = placeOf(addIndex(from, constantIndex(i)), block, nth, inner);
          const frame: Frame = { ...newFrame(place, "full"), loads };
          frame.values.set(group.product, { kind: "register", register });
          for (const node of results) rules.store(node, rules.evaluate(node, frame), frame);
          sums.forEach((node, s) => {
            const target = totals[s]![inner]!;
            k.set(target, add({ kind: "register", register: target }, rules.operand(node, frame)));
          });
        });
      });
    },
  };
}

/** The innermost loop: one row of the right operand against one element of each left row. */
function multiply(
  k: KernelBuilder,
  left: Matrix,
  right: RightOperand,
  depth: number,
  from: Index,
  rows: number,
  block: ColumnBlocks,
  nth: Index,
  lanes: number,
): Register[][] {
  const accumulators = Array.from({ length: rows }, () =>
    Array.from({ length: block.vectors }, () => k.variable(f32(0, lanes), "acc")),
  );
  k.loop("k", 0, depth, 1, (at) => {
    const vectors = Array.from({ length: block.vectors }, (_, inner) =>
      k.let(right.vector(at, block, nth, inner), "b"),
    );
    accumulators.forEach((row, i) => {
      const element = addIndex(
        addIndex(scaleIndex(from, left.strides[0]), scaleIndex(at, left.strides[1])),
        constantIndex(left.offset + i * left.strides[0]),
      );
      const a = k.let(splat(load(left.buffer, element), lanes), "a");
      row.forEach((register, inner) => {
        k.set(register, fma(a, vectors[inner]!, { kind: "register", register }));
      });
    });
  });
  return accumulators;
}

