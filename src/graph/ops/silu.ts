import { apply, type OpDefinition, type Value } from "../value.ts";
import { add } from "./add.ts";
import { inferLike } from "./infer-like.ts";
import { mul } from "./mul.ts";
import { sigmoid } from "./sigmoid.ts";
import { sub } from "./sub.ts";

/**
 * x · s, s = 1 / (1 + e⁻ˣ).
 *
 * Gradient: dx = s · (1 + x · (1 − s)) · dy.
 * Source:   Elfwing et al. 2018, arXiv:1702.03118, section 2; "swish" in Ramachandran et al. 2017.
 */
export const siluOp: OpDefinition = {
  name: "silu",
  kind: "composite",
  infer: inferLike("silu"),
  meaning: ([x]) => mul(x!, sigmoid(x!)),
  gradient: ({ inputs: [x], grad }) => {
    const s = sigmoid(x!);
    return [mul(grad, mul(s, add(mul(x!, sub(1, s)), 1)))];
  },
};

export function silu(x: Value): Value {
  return apply(siluOp, [x], {});
}
