import { ShapeError } from "../../base/errors.ts";
import type { DType } from "../../base/shape.ts";
import { apply, type OpDefinition, type Value } from "../value.ts";
import { definePointwise } from "./define-pointwise.ts";

export interface CastAttrs {
  readonly dtype: DType;
}

const FROM: Readonly<Record<DType, readonly DType[]>> = {
  f32: ["i32", "u32", "bool"],
  i32: ["f32", "bool"],
  u32: ["f32", "bool"],
  bool: [],
};

const convert = definePointwise<CastAttrs>(1, {
  name: "cast",
  accepts: [["f32", "i32", "u32", "bool"]],
  scalar: (x, _b, _c, { dtype }) => {
    if (dtype === "i32") return saturate(x, -(2 ** 31), 2 ** 31 - 1);
    return dtype === "u32" ? saturate(x, 0, 2 ** 32 - 1) : x;
  },
});

/**
 * The same number as another element type.
 *
 * Numerics: f32 to integer drops the fraction, holds at the ends of the range, and makes NaN 0;
 *           an integer beyond 2²⁴ is rounded to the nearest f32.
 * Gradient: none; a cast always starts or ends at an integer.
 * Errors:   ShapeError for a pair of types without an obvious meaning (i32 ↔ u32, anything → bool).
 */
export const castOp: OpDefinition<CastAttrs> = {
  ...convert,
  infer([x], { dtype }) {
    if (!FROM[dtype].includes(x!.dtype)) {
      throw new ShapeError(`cast: no conversion to ${dtype} from this type, got ${x!.dtype}`);
    }
    return { shape: x!.shape, dtype };
  },
};

function saturate(x: number, low: number, high: number): number {
  return Number.isNaN(x) ? 0 : Math.trunc(Math.min(Math.max(x, low), high));
}

/** `x` itself when it has the type already. */
export function cast(x: Value, dtype: DType): Value {
  return x.dtype === dtype ? x : apply(castOp, [x], { dtype });
}
