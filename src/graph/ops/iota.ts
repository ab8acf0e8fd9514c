import { ShapeError } from "../../base/errors.ts";
import { showShape, sizeOf, stridesOf, type Shape } from "../../base/shape.ts";
import { apply, type OpDefinition, type Value } from "../value.ts";

export interface IotaAttrs {
  readonly shape: Shape;
  /** Non-negative. */
  readonly axis: number;
}

/** Each element is its own index along `axis`, as i32. */
export const iotaOp: OpDefinition<IotaAttrs> = {
  name: "iota",
  kind: "source",
  infer: (_, { shape, axis }) => {
    if (!Number.isInteger(axis) || axis < 0 || axis >= shape.length) {
      throw new ShapeError(`iota: axis must be an axis of ${showShape(shape)}, got ${axis}`);
    }
    return { shape, dtype: "i32" };
  },
  evaluate: (_, { shape, axis }) => {
    const run = stridesOf(shape)[axis]!;
    const data = new Float64Array(sizeOf(shape));
    for (let at = 0; at < data.length;) {
      for (let index = 0; index < shape[axis]!; index++, at += run) data.fill(index, at, at + run);
    }
    return data;
  },
};

export function iota(shape: Shape, axis: number): Value {
  return apply(iotaOp, [], { shape, axis });
}
