import type { DType, Shape } from "../../base/shape.ts";
import { apply, type OpDefinition, type Value } from "../value.ts";

export interface InputAttrs {
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: DType;
}

/** A value fed anew at each run. Inputs of one program have distinct names. */
export const inputOp: OpDefinition<InputAttrs> = {
  name: "input",
  kind: "source",
  infer: (_, { shape, dtype }) => ({ shape, dtype }),
};

export function input(name: string, shape: Shape, dtype: DType = "f32"): Value {
  return apply(inputOp, [], { name, shape, dtype });
}
