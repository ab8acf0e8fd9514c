import { apply, type OpDefinition, type Value } from "../value.ts";
import { add } from "./add.ts";
import { exp } from "./exp.ts";
import { inferLike } from "./infer-like.ts";
import { mul } from "./mul.ts";
import { tanh } from "./tanh.ts";

/**
 * e^x − 1, written tanh(x / 2) · (e^x + 1).
 *
 * Gradient: dx = (y + 1) · dy.
 * Numerics: no difference of near numbers, so small x keep their digits.
 */
export const expm1Op: OpDefinition = {
  name: "expm1",
  kind: "composite",
  infer: inferLike("expm1"),
  meaning: ([x]) => mul(tanh(mul(x!, 0.5)), add(exp(x!), 1)),
  gradient: ({ output: y, grad }) => [mul(grad, add(y, 1))],
};

export function expm1(x: Value): Value {
  return apply(expm1Op, [x], {});
}
