import { apply, type OpDefinition, type Value } from "../value.ts";
import { add } from "./add.ts";
import { erf } from "./erf.ts";
import { exp } from "./exp.ts";
import { inferLike } from "./infer-like.ts";
import { mul } from "./mul.ts";
import { sigmoid } from "./sigmoid.ts";
import { square } from "./square.ts";
import { sub } from "./sub.ts";

/** x · Φ(x), Φ being the distribution function of the standard normal distribution. */
export interface GeluAttrs {
  /** Φ itself by `erf`, or its approximation by `tanh`. */
  readonly form: "erf" | "tanh";
}

/** 2 · √(2 / π): twice what stands inside the tanh, since (1 + tanh u) / 2 = sigmoid(2u). */
const STEEPNESS = 2 * Math.sqrt(2 / Math.PI);
const CUBIC = 0.044715;

/**
 * gelu(x) = x · Φ(x); form tanh: Φ(x) ≈ (1 + tanh(√(2/π) · (x + 0.044715 · x³))) / 2.
 *
 * Gradient: dx = (Φ(x) + x · Φ′(x)) · dy, of the form that was used.
 * Source:   Hendrycks & Gimpel 2016, arXiv:1606.08415, section 2.
 */
export const geluOp: OpDefinition<GeluAttrs> = {
  name: "gelu",
  kind: "composite",
  infer: inferLike("gelu"),
  meaning: ([x], { form }) => mul(x!, form === "erf" ? distribution(x!) : approximation(x!)),
  gradient: ({ inputs: [x], grad, attrs: { form } }) => {
    if (form === "erf") {
      const density = mul(exp(mul(square(x!), -0.5)), 1 / Math.sqrt(2 * Math.PI));
      return [mul(grad, add(distribution(x!), mul(x!, density)))];
    }
    const share = approximation(x!);
    const slope = add(mul(square(x!), 3 * CUBIC * STEEPNESS), STEEPNESS);
    const rise = mul(mul(share, sub(1, share)), slope);
    return [mul(grad, add(share, mul(x!, rise)))];
  },
};

function distribution(x: Value): Value {
  return add(mul(erf(mul(x, Math.SQRT1_2)), 0.5), 0.5);
}

function approximation(x: Value): Value {
  return sigmoid(mul(x, add(mul(square(x), CUBIC * STEEPNESS), STEEPNESS)));
}

export function gelu(x: Value, { form }: GeluAttrs): Value {
  return apply(geluOp, [x], { form });
}
