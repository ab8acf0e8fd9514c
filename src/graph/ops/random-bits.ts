import { GraphError } from "../../base/errors.ts";
import { randomBits as bitsAt } from "../../base/random.ts";
import { sizeOf, type Shape } from "../../base/shape.ts";
import { apply, type OpDefinition, type Value } from "../value.ts";

export interface RandomBitsAttrs {
  readonly shape: Shape;
}

/**
 * randomBits(key)[i] = 32 bits drawn for the flat index i from the stream `key`, u32 [2].
 *
 * Numerics: `base/random.ts` is the definition; every backend gives the same bits.
 */
export const randomBitsOp: OpDefinition<RandomBitsAttrs> = {
  name: "random-bits",
  kind: "source",
  infer: ([key], { shape }) => {
    if (key?.dtype !== "u32" || key.shape.length !== 1 || key.shape[0] !== 2) {
      throw new GraphError("random-bits: key must be u32 [2]");
    }
    return { shape, dtype: "u32" };
  },
  evaluate: ([key], { shape }) =>
    Float64Array.from({ length: sizeOf(shape) }, (_, i) =>
      bitsAt(i, [key!.data[0]!, key!.data[1]!]),
    ),
};

export function randomBits(key: Value, shape: Shape): Value {
  return apply(randomBitsOp, [key], { shape });
}
