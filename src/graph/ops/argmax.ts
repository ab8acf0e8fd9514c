import { apply, type OpDefinition, type Value } from "../value.ts";
import { cast } from "./cast.ts";
import { equal } from "./equal.ts";
import { iota } from "./iota.ts";
import { max } from "./max.ts";
import { select } from "./select.ts";
import { inferRows } from "./softmax.ts";
import { sub } from "./sub.ts";

/**
 * argmax(x): the first index along the last axis, of size C, where x attains its maximum, as i32.
 *
 * Shape:    x [...d, C] → i32 [...d].
 * Numerics: a row with a NaN has no maximum; its index is C, which no label equals.
 * Gradient: none.
 */
export const argmaxOp: OpDefinition = {
  name: "argmax",
  kind: "composite",
  infer: ([x]) => ({ shape: inferRows(x, "argmax").shape.slice(0, -1), dtype: "i32" }),
  meaning: ([x]) => {
    const { shape } = x!;
    const classes = shape.at(-1)!;
    const fromEnd = sub(classes, cast(iota(shape, shape.length - 1), "f32"));
    const attained = equal(x!, max(x!, [-1], { keepAxes: true }));
    return cast(sub(classes, max(select(attained, fromEnd, 0), [-1])), "i32");
  },
  gradient: () => [null],
};

export function argmax(x: Value): Value {
  return apply(argmaxOp, [x], {});
}
