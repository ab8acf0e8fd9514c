import type { TensorType, Value } from "../value.ts";
import { checkFloat } from "./reduction.ts";

/** The rule for an op whose result has the shape of its one f32 operand. */
export function inferLike(name: string): (inputs: readonly Value[]) => TensorType {
  return ([x]) => {
    checkFloat(x, name);
    return { shape: x.shape, dtype: "f32" };
  };
}
