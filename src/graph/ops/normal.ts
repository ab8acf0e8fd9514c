import type { Shape } from "../../base/shape.ts";
import { apply, type OpDefinition, type Value } from "../value.ts";
import { add } from "./add.ts";
import { cast } from "./cast.ts";
import { less } from "./less.ts";
import { log } from "./log.ts";
import { mul } from "./mul.ts";
import { neg } from "./neg.ts";
import { polynomial } from "./polynomial.ts";
import { randomBits, randomBitsOp, type RandomBitsAttrs } from "./random-bits.ts";
import { select } from "./select.ts";
import { shiftRight } from "./shift-right.ts";
import { sqrt } from "./sqrt.ts";
import { sub } from "./sub.ts";

/** erfinv(t) / t as a polynomial in w − 2.5, highest power first, for w = −log(1 − t²) < 5. */
const CENTRAL = [
  2.81022636e-8, 3.43273939e-7, -3.5233877e-6, -4.39150654e-6, 0.00021858087, -0.00125372503,
  -0.00417768164, 0.246640727, 1.50140941,
] as const;

/** The same as a polynomial in √w − 3, for w ≥ 5. */
const TAIL = [
  -0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773, -0.0076224613,
  0.00943887047, 1.00167406, 2.83297682,
] as const;

/**
 * normal(key): independent numbers of the standard normal distribution, √2 · erfinv(t) for t
 * uniform in (−1, 1).
 *
 * Shape:    key u32 [2] → f32 `shape`.
 * Numerics: t = (2k + 1) / 2²³ − 1 for 23 random bits k: exact in f32, symmetric, never 0 or ±1,
 *           so |normal| ≤ 5.3. Relative error of the approximation below 4e-7.
 * Gradient: none.
 * Source:   M. Giles, "Approximating the erfinv function", GPU Computing Gems, 2010, table 5.
 */
export const normalOp: OpDefinition<RandomBitsAttrs> = {
  name: "normal",
  kind: "composite",
  infer: (inputs, attrs) => ({ shape: randomBitsOp.infer(inputs, attrs).shape, dtype: "f32" }),
  meaning: ([key], { shape }) => {
    const k = cast(shiftRight(randomBits(key!, shape), 9), "f32");
    const t = mul(sub(add(mul(k, 2), 1), 2 ** 23), 2 ** -23);
    const w = neg(log(mul(sub(1, t), add(1, t))));
    const central = polynomial(CENTRAL, sub(w, 2.5));
    const tail = polynomial(TAIL, sub(sqrt(w), 3));
    return mul(mul(select(less(w, 5), central, tail), t), Math.SQRT2);
  },
  gradient: () => [null],
};

export function normal(key: Value, shape: Shape): Value {
  return apply(normalOp, [key], { shape });
}
