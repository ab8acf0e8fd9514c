import { ShapeError } from "../base/errors.ts";
import { showShape, type Shape } from "../base/shape.ts";
import type { Value } from "../graph/value.ts";
import type { Pass } from "./module.ts";

/** The shape of a draw per element of x: one for all examples if the pass shares its noise. */
export function perElement({ shape }: Value, { sharedNoise }: Pass): Shape {
  return sharedNoise ? [1, ...shape.slice(1)] : shape;
}

/** One draw per example. */
export function perExample({ shape }: Value, { sharedNoise }: Pass): Shape {
  return shape.map((size, axis) => (axis === 0 && !sharedNoise ? size : 1));
}

/** One draw per example and channel, of x [N, ...S, C]; ShapeError if there are no spatial axes. */
export function perChannel({ shape }: Value, { sharedNoise }: Pass, who: string): Shape {
  if (shape.length < 3) {
    throw new ShapeError(`${who}: input must be [N, ...S, C], got ${showShape(shape)}`);
  }
  const last = shape.length - 1;
  return shape.map((size, axis) => (axis === last || (axis === 0 && !sharedNoise) ? size : 1));
}
