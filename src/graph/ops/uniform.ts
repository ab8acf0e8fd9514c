import type { Shape } from "../../base/shape.ts";
import { apply, type OpDefinition, type Value } from "../value.ts";
import { cast } from "./cast.ts";
import { mul } from "./mul.ts";
import { randomBits, randomBitsOp, type RandomBitsAttrs } from "./random-bits.ts";
import { shiftRight } from "./shift-right.ts";

/**
 * uniform(key): independent numbers in [0, 1), multiples of 2⁻²⁴ and so exact in f32.
 *
 * Shape:    key u32 [2] → f32 `shape`.
 * Numerics: element i is `uniform(i, key)` of base/random.ts, bit for bit on every backend.
 * Gradient: none.
 */
export const uniformOp: OpDefinition<RandomBitsAttrs> = {
  name: "uniform",
  kind: "composite",
  infer: (inputs, attrs) => ({ shape: randomBitsOp.infer(inputs, attrs).shape, dtype: "f32" }),
  meaning: ([key], { shape }) => mul(cast(shiftRight(randomBits(key!, shape), 8), "f32"), 2 ** -24),
  gradient: () => [null],
};

export function uniform(key: Value, shape: Shape): Value {
  return apply(uniformOp, [key], { shape });
}
