import { apply, type OpDefinition, type Value } from "../value.ts";
import { mul } from "./mul.ts";
import { checkFloat } from "./reduction.ts";

/** x². Gradient: dx = 2 · x · dy. */
export const squareOp: OpDefinition = {
  name: "square",
  kind: "composite",
  infer: ([x]) => {
    checkFloat(x, "square");
    return { shape: x.shape, dtype: "f32" };
  },
  meaning: ([x]) => mul(x!, x!),
  gradient: ({ inputs: [x], grad }) => [mul(mul(grad, 2), x!)],
};

export function square(x: Value): Value {
  return apply(squareOp, [x], {});
}
