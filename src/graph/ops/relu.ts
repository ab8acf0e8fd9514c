import { apply, type OpDefinition, type Value } from "../value.ts";
import { greater } from "./less.ts";
import { maximum } from "./maximum.ts";
import { checkFloat } from "./reduction.ts";
import { select } from "./select.ts";

/**
 * max(x, 0), NaN where x is NaN.
 *
 * Gradient: dy where y > 0, else 0. It asks for y alone, so x need not be remembered.
 */
export const reluOp: OpDefinition = {
  name: "relu",
  kind: "composite",
  infer: ([x]) => {
    checkFloat(x, "relu");
    return { shape: x.shape, dtype: "f32" };
  },
  meaning: ([x]) => maximum(x!, 0),
  gradient: ({ output: y, grad }) => [select(greater(y, 0), grad, 0)],
};

export function relu(x: Value): Value {
  return apply(reluOp, [x], {});
}
