import { ShapeError } from "./errors.ts";

/** Axis sizes, outermost first. `[]` is a scalar. Data are dense and row-major. */
export type Shape = readonly number[];

/** What a tensor's elements are. `bool` is stored as a 32-bit 0 or 1. Every element takes 4 bytes. */
export type DType = "f32" | "i32" | "u32" | "bool";

export interface TensorType {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** Number of elements. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((size, axis) => size * axis, 1);
}

/** Row-major strides, in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) {
    strides[axis] = strides[axis + 1]! * shape[axis + 1]!;
  }
  return strides;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

/** `[60, 100]`, as messages print it. */
export function showShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

/** Refuses sizes that are not positive integers: an empty batch has no mean and no gradient. */
export function checkShape(shape: Shape, who: string): void {
  for (const size of shape) {
    if (!Number.isInteger(size) || size < 1) {
      throw new ShapeError(
        `${who}: every axis must be a positive integer, got ${showShape(shape)}`,
      );
    }
  }
}

/** Turns negative axes into positive ones, sorts them, refuses duplicates and axes out of range. */
export function normalizeAxes(axes: readonly number[], rank: number, who: string): number[] {
  const result = axes.map((axis) => {
    const positive = axis < 0 ? axis + rank : axis;
    if (!Number.isInteger(axis) || positive < 0 || positive >= rank) {
      throw new ShapeError(`${who}: axis must be in [-${rank}, ${rank}), got ${axis}`);
    }
    return positive;
  });
  result.sort((a, b) => a - b);
  if (new Set(result).size !== result.length) {
    throw new ShapeError(`${who}: axes must be distinct, got ${showShape(axes)}`);
  }
  return result;
}

/** NumPy's rule: align at the last axis; sizes agree or one of them is 1. */
export function broadcastShapes(a: Shape, b: Shape, who: string): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1) {
      throw new ShapeError(
        `${who}: shapes do not broadcast, got ${showShape(a)} and ${showShape(b)}`,
      );
    }
    return Math.max(left, right);
  });
}
