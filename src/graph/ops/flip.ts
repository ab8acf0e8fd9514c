import { normalizeAxes, stridesOf } from "../../base/shape.ts";
import { apply, type OpDefinition, type Value } from "../value.ts";
import { copyStrided } from "./strided.ts";

export interface FlipAttrs {
  /** Sorted, distinct, non-negative. */
  readonly axes: readonly number[];
}

/**
 * flip(x): the elements in reverse order along `axes`.
 *
 * Gradient: dy, flipped back.
 */
export const flipOp: OpDefinition<FlipAttrs> = {
  name: "flip",
  kind: "view",
  infer: ([x]) => ({ shape: x!.shape, dtype: x!.dtype }),
  evaluate([x], { axes }, { shape }) {
    const dense = stridesOf(shape);
    const strides = dense.map((stride, axis) => (axes.includes(axis) ? -stride : stride));
    const base = axes.reduce((sum, axis) => sum + (shape[axis]! - 1) * dense[axis]!, 0);
    return copyStrided(x!.data, shape, strides, base);
  },
  gradient: ({ grad, attrs: { axes } }) => [flip(grad, axes)],
};

export function flip(x: Value, axes: readonly number[]): Value {
  return apply(flipOp, [x], { axes: normalizeAxes(axes, x.shape.length, "flip") });
}
