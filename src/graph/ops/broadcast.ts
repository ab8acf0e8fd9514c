import { ShapeError } from "../../base/errors.ts";
import { broadcastShapes, sameShape, showShape, stridesOf, type Shape } from "../../base/shape.ts";
import { apply, type OpDefinition, type Value } from "../value.ts";
import { evaluateReduction, inferReduction, keptShape, type ReduceAttrs } from "./reduction.ts";
import { reshape } from "./reshape.ts";
import { copyStrided } from "./strided.ts";

// Broadcast and sum are each other's gradient, so their definitions share this file;
// the function `sum` has its own.

export interface BroadcastAttrs {
  readonly shape: Shape;
}

/**
 * broadcast(x): repeats x along new leading axes and along axes of size 1, to `shape`.
 *
 * Gradient: the sum over the repeated axes.
 * Errors:   ShapeError unless x aligns with `shape` by NumPy's rule.
 */
export const broadcastOp: OpDefinition<BroadcastAttrs> = {
  name: "broadcast",
  kind: "view",
  infer([x], { shape }) {
    if (!sameShape(broadcastShapes(x!.shape, shape, "broadcast"), shape)) {
      throw new ShapeError(
        `broadcast: x must fit into ${showShape(shape)}, got ${showShape(x!.shape)}`,
      );
    }
    return { shape, dtype: x!.dtype };
  },
  evaluate([x], { shape }) {
    const lead = shape.length - x!.shape.length;
    const from = stridesOf(x!.shape);
    const strides = shape.map((_, axis) =>
      axis < lead || x!.shape[axis - lead] === 1 ? 0 : from[axis - lead]!,
    );
    return copyStrided(x!.data, shape, strides);
  },
  gradient({ inputs: [x], grad }) {
    const lead = grad.shape.length - x!.shape.length;
    const repeated = grad.shape.flatMap((size, axis) =>
      axis < lead || (x!.shape[axis - lead] === 1 && size !== 1) ? [axis] : [],
    );
    const total = repeated.length === 0 ? grad : apply(sumOp, [grad], { axes: repeated });
    return [reshape(total, x!.shape)];
  },
};

/**
 * sum(x) over `axes`, which disappear from the shape.
 *
 * Gradient: every summand gets the sum's gradient.
 */
export const sumOp: OpDefinition<ReduceAttrs> = {
  name: "sum",
  kind: "reduce",
  infer: ([x], { axes }) => inferReduction(x, axes, "sum"),
  evaluate: ([x], { axes }) => evaluateReduction(x!, axes, 0, (total, element) => total + element),
  gradient: ({ inputs: [x], grad, attrs: { axes } }) => [
    broadcastTo(reshape(grad, keptShape(x!.shape, axes)), x!.shape),
  ],
};

/** `x` itself when it has the shape already. */
export function broadcastTo(x: Value, shape: Shape): Value {
  return sameShape(x.shape, shape) ? x : apply(broadcastOp, [x], { shape });
}
