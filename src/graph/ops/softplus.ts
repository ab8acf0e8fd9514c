import { apply, type OpDefinition, type Value } from "../value.ts";
import { abs } from "./abs.ts";
import { add } from "./add.ts";
import { div } from "./div.ts";
import { exp } from "./exp.ts";
import { inferLike } from "./infer-like.ts";
import { log1p } from "./log1p.ts";
import { maximum } from "./maximum.ts";
import { mul } from "./mul.ts";
import { neg } from "./neg.ts";
import { sigmoid } from "./sigmoid.ts";

export interface SoftplusAttrs {
  /** Steepness: the larger, the nearer to max(x, 0); positive. */
  readonly beta: number;
}

/**
 * log(1 + e^(beta · x)) / beta.
 *
 * Gradient: dx = sigmoid(beta · x) · dy.
 * Numerics: max(z, 0) + log1p(e^−|z|) with z = beta · x: nothing overflows, small results keep
 *           their digits.
 */
export const softplusOp: OpDefinition<SoftplusAttrs> = {
  name: "softplus",
  kind: "composite",
  infer: inferLike("softplus"),
  meaning: ([x], { beta }) => {
    const z = mul(x!, beta);
    return div(add(maximum(z, 0), log1p(exp(neg(abs(z))))), beta);
  },
  gradient: ({ inputs: [x], grad, attrs: { beta } }) => [mul(grad, sigmoid(mul(x!, beta)))],
};

export function softplus(x: Value, { beta }: SoftplusAttrs): Value {
  return apply(softplusOp, [x], { beta });
}
