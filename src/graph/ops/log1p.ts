import { apply, type OpDefinition, type Value } from "../value.ts";
import { add } from "./add.ts";
import { div } from "./div.ts";
import { equal } from "./equal.ts";
import { inferLike } from "./infer-like.ts";
import { log } from "./log.ts";
import { mul } from "./mul.ts";
import { or } from "./or.ts";
import { select } from "./select.ts";
import { sub } from "./sub.ts";

/**
 * log(1 + x).
 *
 * Gradient: dx = dy / (1 + x).
 * Numerics: log(u) · x / (u − 1) with u = 1 + x as rounded: what the rounding of u did to the
 *           logarithm it did to u − 1 too, so small x keep their digits. Where u = 1, x itself.
 * Source:   Goldberg 1991, "What every computer scientist should know about floating-point
 *           arithmetic", theorem 4.
 */
export const log1pOp: OpDefinition = {
  name: "log1p",
  kind: "composite",
  infer: inferLike("log1p"),
  meaning: ([x]) => {
    const u = add(x!, 1);
    const corrected = mul(log(u), div(x!, sub(u, 1)));
    return select(or(equal(u, 1), equal(u, Infinity)), x!, corrected);
  },
  gradient: ({ inputs: [x], grad }) => [div(grad, add(x!, 1))],
};

export function log1p(x: Value): Value {
  return apply(log1pOp, [x], {});
}
