import { OptionError, ShapeError } from "../../base/errors.ts";
import { showShape } from "../../base/shape.ts";
import { apply, type OpDefinition, type Value } from "../value.ts";
import { cast } from "./cast.ts";
import { equal } from "./equal.ts";
import { iota } from "./iota.ts";
import { reshape } from "./reshape.ts";

export interface OneHotAttrs {
  readonly classes: number;
}

/**
 * oneHot(ids)[n, c] = 1 where c = ids[n], else 0.
 *
 * Shape:    ids i32 [N] → f32 [N, C], C = classes.
 * Numerics: an id outside [0, C) makes a row of zeros.
 * Gradient: none.
 */
export const oneHotOp: OpDefinition<OneHotAttrs> = {
  name: "one-hot",
  kind: "composite",
  infer: ([ids], { classes }) => {
    checkIds(ids, "one-hot");
    if (!Number.isInteger(classes) || classes < 1) {
      throw new OptionError(`one-hot: classes must be a positive integer, got ${classes}`);
    }
    return { shape: [ids.shape[0]!, classes], dtype: "f32" };
  },
  meaning: ([ids], { classes }) => cast(isClass(ids!, classes), "f32"),
  gradient: () => [null],
};

/** Does column c stand for the row's id? bool [N, C]. */
export function isClass(ids: Value, classes: number): Value {
  const rows = ids.shape[0]!;
  return equal(reshape(ids, [rows, 1]), iota([rows, classes], 1));
}

export function checkIds(ids: Value | undefined, who: string): asserts ids is Value {
  if (ids?.dtype !== "i32" || ids.shape.length !== 1) {
    throw new ShapeError(
      `${who}: ids must be i32 [N], got ${ids?.dtype} ${showShape(ids?.shape ?? [])}`,
    );
  }
}

export function oneHot(ids: Value, classes: number): Value {
  return apply(oneHotOp, [ids], { classes });
}
