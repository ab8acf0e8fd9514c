import { sizeOf, type Shape } from "../../src/base/shape.ts";

/** A dense array with its axes in another order: axis k of the result is axis `order[k]` of `data`. */
export function permute(data: Float32Array, shape: Shape, order: readonly number[]): Float32Array {
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  const moved = order.map((axis) => ({ size: shape[axis]!, stride: strides[axis]! }));
  return Float32Array.from({ length: data.length }, (_, at) => {
    let rest = at;
    let from = 0;
    for (const { size, stride } of moved.toReversed()) {
      from += (rest % size) * stride;
      rest = Math.floor(rest / size);
    }
    return data[from]!;
  });
}
