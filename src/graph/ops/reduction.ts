import { sizeOf, stridesOf, type Shape } from "../../base/shape.ts";
import type { NdArray } from "../value.ts";

export interface ReduceAttrs {
  /** Sorted, distinct, non-negative, not empty. */
  readonly axes: readonly number[];
}

/** The shape without the reduced axes. */
export function reducedShape(shape: Shape, axes: readonly number[]): number[] {
  return shape.filter((_, axis) => !axes.includes(axis));
}

/** The shape with the reduced axes at size 1. */
export function keptShape(shape: Shape, axes: readonly number[]): number[] {
  return shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
}

export function evaluateReduction(
  x: NdArray,
  axes: readonly number[],
  initial: number,
  combine: (total: number, element: number) => number,
): Float64Array {
  const strides = stridesOf(x.shape);
  const resultShape = reducedShape(x.shape, axes);
  const resultStrides = stridesOf(resultShape);
  const data = new Float64Array(sizeOf(resultShape)).fill(initial);
  const kept = x.shape.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]));
  for (let i = 0; i < x.data.length; i++) {
    let target = 0;
    kept.forEach((axis, k) => {
      target += (Math.floor(i / strides[axis]!) % x.shape[axis]!) * resultStrides[k]!;
    });
    data[target] = combine(data[target]!, x.data[i]!);
  }
  return data;
}
