import { ShapeError } from "../../base/errors.ts";
import { showShape, stridesOf } from "../../base/shape.ts";
import { apply, type OpDefinition, type Value } from "../value.ts";
import { copyStrided } from "./strided.ts";

export interface TransposeAttrs {
  /** Output axis i is input axis perm[i]. */
  readonly perm: readonly number[];
}

/**
 * transpose(x)[i₀, i₁, …] with its axes in the order `perm`.
 *
 * Shape:    x [d₀, …, dₙ] → [d_perm[0], …, d_perm[n]].
 * Gradient: the inverse permutation.
 * Errors:   ShapeError unless `perm` names every axis once.
 */
export const transposeOp: OpDefinition<TransposeAttrs> = {
  name: "transpose",
  kind: "view",
  infer([x], { perm }) {
    const rank = x!.shape.length;
    if (perm.length !== rank || !x!.shape.every((_, axis) => perm.includes(axis))) {
      throw new ShapeError(
        `transpose: perm must name each of ${rank} axes once, got ${showShape(perm)}`,
      );
    }
    return { shape: perm.map((axis) => x!.shape[axis]!), dtype: x!.dtype };
  },
  evaluate([x], { perm }, { shape }) {
    const strides = stridesOf(x!.shape);
    return copyStrided(
      x!.data,
      shape,
      perm.map((axis) => strides[axis]!),
    );
  },
  gradient: ({ grad, attrs: { perm } }) => [transpose(grad, invertPermutation(perm))],
};

function invertPermutation(perm: readonly number[]): number[] {
  return perm.map((_, axis) => perm.indexOf(axis));
}

/** Default: all axes reversed, so that a matrix becomes its transpose. */
export function transpose(x: Value, perm?: readonly number[]): Value {
  return apply(transposeOp, [x], { perm: perm ?? x.shape.map((_, axis) => axis).toReversed() });
}
