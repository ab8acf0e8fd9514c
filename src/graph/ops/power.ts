import { OptionError } from "../../base/errors.ts";
import { apply, type OpDefinition, type Value } from "../value.ts";
import { exp } from "./exp.ts";
import { inferLike } from "./infer-like.ts";
import { log } from "./log.ts";
import { mul } from "./mul.ts";
import { checkFloat } from "./reduction.ts";

export interface PowerAttrs {
  /** Finite and not 0. */
  readonly exponent: number;
}

/**
 * x^exponent for x ≥ 0, written e^(exponent · log x); NaN below zero.
 *
 * Gradient: dx = exponent · x^(exponent − 1) · dy.
 * Numerics: in f32 the relative error grows as |exponent · log x| roundings.
 * Errors:   OptionError unless the exponent is finite and not 0.
 */
export const powerOp: OpDefinition<PowerAttrs> = {
  name: "power",
  kind: "composite",
  infer: inferLike("power"),
  meaning: ([x], { exponent }) => exp(mul(log(x!), exponent)),
  gradient: ({ inputs: [x], grad, attrs: { exponent } }) => [
    mul(mul(grad, exponent), power(x!, exponent - 1)),
  ],
};

/** `x` itself for the exponent 1. */
export function power(x: Value, exponent: number): Value {
  checkFloat(x, "power");
  if (!Number.isFinite(exponent) || exponent === 0) {
    throw new OptionError(`power: exponent must be finite and not 0, got ${exponent}`);
  }
  return exponent === 1 ? x : apply(powerOp, [x], { exponent });
}
