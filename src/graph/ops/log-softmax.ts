import { apply, type OpDefinition, type Value } from "../value.ts";
import { exp } from "./exp.ts";
import { log } from "./log.ts";
import { mul } from "./mul.ts";
import { inferRows, shiftedByMax } from "./softmax.ts";
import { sub } from "./sub.ts";
import { sum } from "./sum.ts";

/**
 * logSoftmax(x)ᵢ = xᵢ − m − log Σⱼ e^(xⱼ − m), m = max(x), along the last axis.
 *
 * Gradient: dx = dy − e^y · Σ dy.
 * Numerics: never the logarithm of a softmax, which is −∞ as soon as one exponential vanishes.
 */
export const logSoftmaxOp: OpDefinition = {
  name: "log-softmax",
  kind: "composite",
  infer: ([x]) => inferRows(x, "log-softmax"),
  meaning: ([x]) => {
    const shifted = shiftedByMax(x!);
    return sub(shifted, log(sum(exp(shifted), [-1], { keepAxes: true })));
  },
  gradient: ({ output: y, grad }) => [sub(grad, mul(exp(y), sum(grad, [-1], { keepAxes: true })))],
};

export function logSoftmax(x: Value): Value {
  return apply(logSoftmaxOp, [x], {});
}
