import { ShapeError } from "../../base/errors.ts";
import { normalizeAxes, sameShape, showShape } from "../../base/shape.ts";
import { apply, type OpDefinition, type Value } from "../value.ts";
import { add } from "./add.ts";
import { pad } from "./pad.ts";
import { slice } from "./slice.ts";

export interface ConcatAttrs {
  /** Non-negative. */
  readonly axis: number;
}

/**
 * concat(x₀, x₁, …): one after another along `axis`.
 *
 * Gradient: each gets its own block of dy.
 * Errors:   ShapeError unless all agree in element type (not bool) and in every other axis.
 */
export const concatOp: OpDefinition<ConcatAttrs> = {
  name: "concat",
  kind: "composite",
  infer(values, { axis }) {
    const [first] = values;
    const without = (value: Value): number[] => value.shape.filter((_, at) => at !== axis);
    if (
      first === undefined ||
      first.dtype === "bool" ||
      values.some(
        (value) => value.dtype !== first.dtype || !sameShape(without(value), without(first)),
      )
    ) {
      throw new ShapeError(
        `concat: needs equal types and equal shapes but for axis ${axis}, ` +
          `got ${values.map(({ dtype, shape }) => `${dtype} ${showShape(shape)}`).join(" and ")}`,
      );
    }
    const length = values.reduce((total, value) => total + value.shape[axis]!, 0);
    return {
      shape: first.shape.map((size, at) => (at === axis ? length : size)),
      dtype: first.dtype,
    };
  },
  meaning(values, { axis }) {
    const length = values.reduce((total, value) => total + value.shape[axis]!, 0);
    return values
      .map((value, i) => {
        const from = startOf(values, axis, i);
        const at = (amount: number): number[] =>
          value.shape.map((_, k) => (k === axis ? amount : 0));
        return pad(value, { before: at(from), after: at(length - from - value.shape[axis]!) });
      })
      .reduce((total, padded) => add(total, padded));
  },
  gradient: ({ inputs, grad, attrs: { axis } }) =>
    inputs.map((value, i) => {
      const from = startOf(inputs, axis, i);
      return slice(grad, {
        start: value.shape.map((_, at) => (at === axis ? from : 0)),
        end: value.shape.map((size, at) => (at === axis ? from + size : size)),
      });
    }),
};

/** Where part `i` begins along the axis. */
function startOf(values: readonly Value[], axis: number, i: number): number {
  return values.slice(0, i).reduce((total, value) => total + value.shape[axis]!, 0);
}

export function concat(values: readonly Value[], axis: number): Value {
  const [first] = values;
  if (first === undefined) throw new ShapeError("concat: needs at least one tensor, got none");
  const [at] = normalizeAxes([axis], first.shape.length, "concat");
  return apply(concatOp, values, { axis: at! });
}
