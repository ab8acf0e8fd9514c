import { ShapeError } from "../../base/errors.ts";
import { showShape } from "../../base/shape.ts";
import { apply, type OpDefinition, type Value } from "../value.ts";

/**
 * derivative(loss, x) = d loss / d x, for a scalar loss; zero where loss does not depend on x.
 *
 * A request, not a computation: the compiler's pass `differentiate` replaces it by the backward
 * graph. All derivatives of one loss share one backward sweep, and the result may be
 * differentiated again.
 */
export const derivativeOp: OpDefinition = {
  name: "derivative",
  kind: "symbolic",
  infer([loss, x]) {
    if (loss!.shape.length !== 0 || loss!.dtype !== "f32") {
      throw new ShapeError(`derivative: loss must be an f32 scalar, got ${showShape(loss!.shape)}`);
    }
    if (x!.dtype !== "f32") throw new ShapeError(`derivative: x must be f32, got ${x!.dtype}`);
    return x!;
  },
};

/** One request per target, in the same order. */
export function derivatives(loss: Value, targets: readonly Value[]): Value[] {
  return targets.map((x) => apply(derivativeOp, [loss, x], {}));
}
