import { ShapeError } from "../../base/errors.ts";
import { randomBits as bitsAt, type RandomKey } from "../../base/random.ts";
import { showShape, sizeOf, type Shape } from "../../base/shape.ts";
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
      throw new ShapeError(
        `random-bits: key must be u32 [2], got ${key?.dtype} ${showShape(key?.shape ?? [])}`,
      );
    }
    return { shape, dtype: "u32" };
  },
  evaluate: ([key], { shape }) => {
    const words: RandomKey = [key!.data[0]!, key!.data[1]!];
    const data = new Float64Array(sizeOf(shape));
    for (let i = 0; i < data.length; i++) data[i] = bitsAt(i, words);
    return data;
  },
};

export function randomBits(key: Value, shape: Shape): Value {
  return apply(randomBitsOp, [key], { shape });
}
