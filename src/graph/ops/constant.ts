import { sizeOf, type DType, type Shape } from "../../base/shape.ts";
import { apply, type OpDefinition, type Value } from "../value.ts";

export interface ConstantAttrs {
  readonly value: number;
  readonly shape: Shape;
  readonly dtype: DType;
}

/** Every element is the same number, known when compiling. */
export const constantOp: OpDefinition<ConstantAttrs> = {
  name: "constant",
  kind: "source",
  infer: (_, { shape, dtype }) => ({ shape, dtype }),
  evaluate: (_, { value, shape }) => new Float64Array(sizeOf(shape)).fill(value),
};

export function constant(value: number, shape: Shape = [], dtype: DType = "f32"): Value {
  return apply(constantOp, [], { value, shape, dtype });
}
