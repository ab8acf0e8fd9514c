import { ShapeError } from "../../base/errors.ts";
import { sameShape, showShape, sizeOf, type Shape } from "../../base/shape.ts";
import { apply, type OpDefinition, type Value } from "../value.ts";

export interface ReshapeAttrs {
  readonly shape: Shape;
}

/** The same elements in the same row-major order, under another shape. */
export const reshapeOp: OpDefinition<ReshapeAttrs> = {
  name: "reshape",
  kind: "view",
  infer([x], { shape }) {
    if (sizeOf(x!.shape) !== sizeOf(shape)) {
      throw new ShapeError(
        `reshape: sizes must agree, got ${showShape(x!.shape)} to ${showShape(shape)}`,
      );
    }
    return { shape, dtype: x!.dtype };
  },
  evaluate: ([x]) => x!.data,
  gradient: ({ inputs: [x], grad }) => [reshape(grad, x!.shape)],
};

export function reshape(x: Value, shape: Shape): Value {
  return sameShape(x.shape, shape) ? x : apply(reshapeOp, [x], { shape });
}
