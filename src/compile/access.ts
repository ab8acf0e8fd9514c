/**
 * Views cost nothing: a view is read by computing where its elements lie in the value underneath.
 * An access says where: element x of a domain is element offset + Σ x[axis] · strides[axis] of the
 * dense, row-major `root`.
 *
 * Not every view is such a map. Padding is not, and a reshape of a transposed or repeated value
 * need not be; then the value is copied into dense form first (`hard` views).
 */
import { sizeOf, stridesOf, type Shape } from "../base/shape.ts";
import { attrsOf, isOp, type Value } from "../graph/value.ts";
import { broadcastOp } from "../graph/ops/broadcast.ts";
import { flipOp } from "../graph/ops/flip.ts";
import { reshapeOp } from "../graph/ops/reshape.ts";
import { sliceOp } from "../graph/ops/slice.ts";
import { transposeOp } from "../graph/ops/transpose.ts";
import { windowStrides, windowsOp } from "../graph/ops/windows.ts";

export interface Access {
  /** Not a view, or a hard one. */
  readonly root: Value;
  readonly strides: readonly number[];
  readonly offset: number;
}

/** Where the elements of `value` lie; the domain is its own shape. */
export function accessOf(value: Value): Access {
  const dense: Access = { root: value, strides: stridesOf(value.shape), offset: 0 };
  const [x] = value.inputs;
  if (value.op.kind !== "view" || x === undefined) return dense;
  const inner = accessOf(x);
  if (isOp(value, broadcastOp)) {
    const lead = value.shape.length - x.shape.length;
    const strides = value.shape.map((_, axis) =>
      axis < lead || x.shape[axis - lead] === 1 ? 0 : inner.strides[axis - lead]!,
    );
    return { ...inner, strides };
  }
  if (isOp(value, transposeOp)) {
    const { perm } = attrsOf(value, transposeOp);
    return { ...inner, strides: perm.map((axis) => inner.strides[axis]!) };
  }
  if (isOp(value, sliceOp)) {
    const { start } = attrsOf(value, sliceOp);
    const offset = start.reduce((sum, at, axis) => sum + at * inner.strides[axis]!, inner.offset);
    return { ...inner, offset };
  }
  if (isOp(value, flipOp)) {
    const { axes } = attrsOf(value, flipOp);
    const last = axes.map((axis) => (value.shape[axis]! - 1) * inner.strides[axis]!);
    const strides = inner.strides.map((stride, axis) => (axes.includes(axis) ? -stride : stride));
    return { ...inner, strides, offset: last.reduce((sum, at) => sum + at, inner.offset) };
  }
  if (isOp(value, windowsOp)) {
    return { ...inner, strides: windowStrides(inner.strides, attrsOf(value, windowsOp)) };
  }
  if (isOp(value, reshapeOp)) {
    const strides = reshapeStrides(x.shape, inner.strides, value.shape);
    if (strides !== null) return { ...inner, strides };
    return { root: x, strides: stridesOf(value.shape), offset: 0 };
  }
  return dense;
}

/** Must this view be copied to memory, because its elements are no affine map of its input's? */
export function hardViews(values: readonly Value[]): Set<Value> {
  const hard = new Set<Value>();
  for (const value of values) {
    for (const read of [value, ...value.inputs]) {
      const { root } = accessOf(read);
      if (root.op.kind === "view") hard.add(root);
    }
  }
  return hard;
}

/**
 * Strides under which `to` walks the same elements in the same order as `from` does with
 * `strides`; null if there are none. Runs of axes whose product agrees are matched; within a
 * run the old axes must lie contiguously.
 */
function reshapeStrides(from: Shape, strides: readonly number[], to: Shape): number[] | null {
  const axes = from.flatMap((size, axis) => (size === 1 ? [] : [{ size, stride: strides[axis]! }]));
  const result = new Array<number>(to.length).fill(0);
  let source = axes.length - 1;
  let inside = 1;
  let stride = 0;
  for (let axis = to.length - 1; axis >= 0; axis--) {
    const size = to[axis]!;
    if (size === 1) continue;
    if (inside === 1) {
      if (source < 0) return null;
      ({ size: inside, stride } = axes[source--]!);
    }
    result[axis] = stride;
    while (inside % size !== 0) {
      // The new axis spans the next old one too, which must continue where this one ends.
      const next = axes[source--];
      if (next === undefined || next.stride !== stride * inside) return null;
      inside *= next.size;
    }
    inside /= size;
    stride *= size;
  }
  return result;
}

/** The sizes without axes of size 1, which no index moves along. */
export function strippedShape(shape: Shape): number[] {
  return shape.filter((size) => size !== 1);
}

/** The strides of the axes that `strippedShape` keeps. */
export function strippedStrides(shape: Shape, strides: readonly number[]): number[] {
  return strides.filter((_, axis) => shape[axis] !== 1);
}

/** Is this the root's own dense layout? */
export function isDense(shape: Shape, { root, strides, offset }: Access): boolean {
  if (offset !== 0 || sizeOf(root.shape) !== sizeOf(shape)) return false;
  const dense = stridesOf(shape);
  return shape.every((size, axis) => size === 1 || strides[axis] === dense[axis]);
}
