import { apply, type OpDefinition, type Value } from "../value.ts";
import { add } from "./add.ts";
import { expm1 } from "./expm1.ts";
import { inferLike } from "./infer-like.ts";
import { greater } from "./less.ts";
import { minimum } from "./minimum.ts";
import { mul } from "./mul.ts";
import { select } from "./select.ts";

export interface EluAttrs {
  /** −(limit at −∞); positive. */
  readonly alpha: number;
}

/**
 * x above zero, alpha · (e^x − 1) elsewhere.
 *
 * Gradient: dy where y > 0, (y + alpha) · dy elsewhere. It asks for y alone.
 * Numerics: the exponential sees min(x, 0), so what is not taken cannot overflow.
 * Source:   Clevert et al. 2016, arXiv:1511.07289, equation 15.
 */
export const eluOp: OpDefinition<EluAttrs> = {
  name: "elu",
  kind: "composite",
  infer: inferLike("elu"),
  meaning: ([x], { alpha }) => select(greater(x!, 0), x!, mul(expm1(minimum(x!, 0)), alpha)),
  gradient: ({ output: y, grad, attrs: { alpha } }) => [
    select(greater(y, 0), grad, mul(grad, add(y, alpha))),
  ],
};

export function elu(x: Value, { alpha }: EluAttrs): Value {
  return apply(eluOp, [x], { alpha });
}
