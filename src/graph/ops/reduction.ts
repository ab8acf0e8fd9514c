import { ShapeError } from "../../base/errors.ts";
import { normalizeAxes, showShape, sizeOf, stridesOf, type Shape } from "../../base/shape.ts";
import type { NdArray, TensorType, Value } from "../value.ts";
import { rowOffsets } from "./strided.ts";

export interface ReduceAttrs {
  /** Sorted, distinct, non-negative, not empty. */
  readonly axes: readonly number[];
}

export interface ReduceOptions {
  /** Keep the reduced axes, with size 1. Default false. */
  readonly keepAxes?: boolean;
}

/** The shape without the reduced axes. */
function reducedShape(shape: Shape, axes: readonly number[]): number[] {
  return shape.filter((_, axis) => !axes.includes(axis));
}

/** The shape with the reduced axes at size 1. */
export function keptShape(shape: Shape, axes: readonly number[]): number[] {
  return shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
}

/** Number of elements that share one result. */
export function countOver(shape: Shape, axes: readonly number[]): number {
  return axes.reduce((count, axis) => count * shape[axis]!, 1);
}

/** What a caller's `axes` means: undefined is all of them, negative ones count from the end. */
export function resolveAxes(
  shape: Shape,
  axes: readonly number[] | undefined,
  who: string,
): number[] {
  return axes === undefined ? shape.map((_, axis) => axis) : normalizeAxes(axes, shape.length, who);
}

/** The type of a reduction that drops its axes; refuses anything but f32. */
export function inferReduction(
  x: Value | undefined,
  axes: readonly number[],
  who: string,
): TensorType {
  checkFloat(x, who);
  const sorted = normalizeAxes(axes, x.shape.length, who);
  if (sorted.length === 0 || sorted.some((axis, i) => axis !== axes[i])) {
    throw new ShapeError(`${who}: axes must be sorted and not empty, got ${showShape(axes)}`);
  }
  return { shape: reducedShape(x.shape, axes), dtype: "f32" };
}

export function checkFloat(x: Value | undefined, who: string): asserts x is Value {
  if (x?.dtype === "f32") return;
  throw new ShapeError(`${who}: x must be f32, got ${x?.dtype ?? "nothing"}`);
}

/** Folds `combine` over `axes`, in row-major order, from `initial`. */
export function evaluateReduction(
  x: NdArray,
  axes: readonly number[],
  initial: number,
  combine: (total: number, element: number) => number,
): Float64Array {
  const resultShape = reducedShape(x.shape, axes);
  const resultStrides = stridesOf(resultShape);
  let kept = 0;
  const strides = x.shape.map((_, axis) => (axes.includes(axis) ? 0 : resultStrides[kept++]!));
  const rows = rowOffsets(x.shape, strides);
  const inner = x.shape.at(-1) ?? 1;
  const step = strides.at(-1) ?? 0;
  const data = new Float64Array(sizeOf(resultShape)).fill(initial);
  let at = 0;
  for (let row = 0; row < rows.length; row++) {
    let to = rows[row]!;
    for (let j = 0; j < inner; j++, to += step) data[to] = combine(data[to]!, x.data[at++]!);
  }
  return data;
}
