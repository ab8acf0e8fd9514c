import { ShapeError } from "../../base/errors.ts";
import { sameShape, showShape, sizeOf, stridesOf } from "../../base/shape.ts";
import { apply, type OpDefinition, type Value } from "../value.ts";
import { copyStrided, rowOffsets } from "./strided.ts";

// Slice and pad are each other's gradient, so their definitions share this file;
// the function `pad` has its own.

export interface SliceAttrs {
  /** First index taken, per axis. */
  readonly start: readonly number[];
  /** First index no longer taken, per axis. */
  readonly end: readonly number[];
}

/**
 * slice(x): the block of x from `start` up to, not including, `end`.
 *
 * Shape:    x [d] → [end − start], axis by axis.
 * Gradient: dy surrounded by zeros.
 * Errors:   ShapeError unless 0 ≤ start < end ≤ d on every axis.
 */
export const sliceOp: OpDefinition<SliceAttrs> = {
  name: "slice",
  kind: "view",
  infer([x], { start, end }) {
    const { shape, dtype } = x!;
    const fits =
      start.length === shape.length &&
      end.length === shape.length &&
      shape.every(
        (size, axis) => 0 <= start[axis]! && start[axis]! < end[axis]! && end[axis]! <= size,
      );
    if (!fits || ![...start, ...end].every(Number.isInteger)) {
      throw new ShapeError(
        `slice: needs 0 ≤ start < end ≤ size on each axis of ${showShape(shape)}, ` +
          `got ${showShape(start)} to ${showShape(end)}`,
      );
    }
    return { shape: end.map((stop, axis) => stop - start[axis]!), dtype };
  },
  evaluate([x], { start }, { shape }) {
    const strides = stridesOf(x!.shape);
    const base = start.reduce((offset, index, axis) => offset + index * strides[axis]!, 0);
    return copyStrided(x!.data, shape, strides, base);
  },
  gradient: ({ inputs: [x], grad, attrs: { start, end } }) => {
    const after = end.map((stop, axis) => x!.shape[axis]! - stop);
    return [apply(padOp, [grad], { before: start, after, value: 0 })];
  },
};

/** `x` itself when the block is all of it. */
export function slice(x: Value, { start, end }: SliceAttrs): Value {
  const all = sameShape(end, x.shape) && start.every((index) => index === 0);
  return all && start.length === end.length ? x : apply(sliceOp, [x], { start, end });
}

export interface PadAttrs {
  /** Elements added in front, per axis. */
  readonly before: readonly number[];
  /** Elements added behind, per axis. */
  readonly after: readonly number[];
  /** What the added elements are. */
  readonly value: number;
}

/**
 * pad(x): x surrounded by `value`.
 *
 * Shape:    x [d] → [before + d + after], axis by axis.
 * Gradient: the block of dy where x lies.
 * Errors:   ShapeError unless `before` and `after` have a whole number ≥ 0 for every axis.
 */
export const padOp: OpDefinition<PadAttrs> = {
  name: "pad",
  kind: "view",
  infer([x], { before, after }) {
    const { shape, dtype } = x!;
    const amounts = [...before, ...after];
    if (
      before.length !== shape.length ||
      after.length !== shape.length ||
      !amounts.every((amount) => Number.isInteger(amount) && amount >= 0)
    ) {
      throw new ShapeError(
        `pad: needs a whole number ≥ 0 for each axis of ${showShape(shape)}, ` +
          `got ${showShape(before)} and ${showShape(after)}`,
      );
    }
    return { shape: shape.map((size, axis) => before[axis]! + size + after[axis]!), dtype };
  },
  evaluate([x], { before, value }, { shape }) {
    const data = new Float64Array(sizeOf(shape)).fill(value);
    const strides = stridesOf(shape);
    const base = before.reduce((offset, amount, axis) => offset + amount * strides[axis]!, 0);
    const inner = x!.shape.at(-1) ?? 1;
    rowOffsets(x!.shape, strides, base).forEach((offset, row) => {
      data.set(x!.data.subarray(row * inner, (row + 1) * inner), offset);
    });
    return data;
  },
  gradient: ({ inputs: [x], grad, attrs: { before } }) => [
    slice(grad, { start: before, end: x!.shape.map((size, axis) => before[axis]! + size) }),
  ],
};
