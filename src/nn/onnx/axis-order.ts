import { stridesOf, type Shape } from "../../base/shape.ts";
import { copyStrided } from "../../graph/ops/strided.ts";

/** Where the channels of a feature map are: [N, H, W, C] as ours, or [N, C, H, W] as ONNX's. */
export type Order = "last" | "first";

/** The permutation that brings a feature map of the other order into this one. */
export function inOrder(order: Order): readonly number[] {
  return order === "first" ? [0, 3, 1, 2] : [0, 2, 3, 1];
}

/** What one of our axes is called in that order. */
export function axisIn(order: Order, axis: number): number {
  return order === "first" ? [0, 2, 3, 1][axis]! : axis;
}

/** Something given per axis, such as sizes, in that order. */
export function perAxis<T>(order: Order, ours: readonly T[]): T[] {
  return order === "first" ? inOrder("first").map((axis) => ours[axis]!) : [...ours];
}

/** Elements with their axes permuted. */
export function arrange(
  elements: ArrayLike<number>,
  shape: Shape,
  perm: readonly number[],
): { readonly shape: number[]; readonly data: Float64Array } {
  const strides = stridesOf(shape);
  const turned = perm.map((axis) => shape[axis]!);
  const steps = perm.map((axis) => strides[axis]!);
  return { shape: turned, data: copyStrided(new Float64Array(elements), turned, steps) };
}
