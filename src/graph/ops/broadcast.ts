import { ShapeError } from "../../base/errors.ts";
import { broadcastShapes, sameShape, showShape, sizeOf, stridesOf, type Shape } from "../../base/shape.ts";
import { apply, type OpDefinition, type Value } from "../value.ts";
import { reshape } from "./reshape.ts";
import { sum } from "./sum.ts";

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
        `broadcast: ${showShape(x!.shape)} does not fit into ${showShape(shape)}`,
      );
    }
    return { shape, dtype: x!.dtype };
  },
  evaluate([x], { shape }) {
    const strides = stridesOf(shape);
    const lead = shape.length - x!.shape.length;
    const from = stridesOf(x!.shape).map((stride, axis) => (x!.shape[axis] === 1 ? 0 : stride));
    return Float64Array.from({ length: sizeOf(shape) }, (_, i) => {
      let source = 0;
      for (let axis = lead; axis < shape.length; axis++) {
        source += (Math.floor(i / strides[axis]!) % shape[axis]!) * from[axis - lead]!;
      }
      return x!.data[source]!;
    });
  },
  gradient({ inputs: [x], grad }) {
    const lead = grad.shape.length - x!.shape.length;
    const repeated = grad.shape.flatMap((size, axis) =>
      axis < lead || (x!.shape[axis - lead] === 1 && size !== 1) ? [axis] : [],
    );
    return [reshape(sum(grad, repeated), x!.shape)];
  },
};

/** `x` itself when it has the shape already. */
export function broadcastTo(x: Value, shape: Shape): Value {
  return sameShape(x.shape, shape) ? x : apply(broadcastOp, [x], { shape });
}
