import { sizeOf, stridesOf, type Shape } from "../../base/shape.ts";
import { apply, type OpDefinition, type Value } from "../value.ts";

export interface IotaAttrs {
  readonly shape: Shape;
  readonly axis: number;
}

/** Each element is its own index along `axis`, as i32. */
export const iotaOp: OpDefinition<IotaAttrs> = {
  name: "iota",
  kind: "source",
  infer: (_, { shape }) => ({ shape, dtype: "i32" }),
  evaluate: (_, { shape, axis }) => {
    const stride = stridesOf(shape)[axis]!;
    return Float64Array.from(
      { length: sizeOf(shape) },
      (_unused, i) => Math.floor(i / stride) % shape[axis]!,
    );
  },
};

export function iota(shape: Shape, axis: number): Value {
  return apply(iotaOp, [], { shape, axis });
}
