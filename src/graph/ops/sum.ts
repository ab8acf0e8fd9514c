import { apply, type Value } from "../value.ts";
import { sumOp } from "./broadcast.ts";
import { checkFloat, keptShape, resolveAxes, type ReduceOptions } from "./reduction.ts";
import { reshape } from "./reshape.ts";

export { sumOp };

/** The sum over `axes`; default: over all of them. */
export function sum(x: Value, axes?: readonly number[], options: ReduceOptions = {}): Value {
  checkFloat(x, "sum");
  const over = resolveAxes(x.shape, axes, "sum");
  const result = over.length === 0 ? x : apply(sumOp, [x], { axes: over });
  return options.keepAxes === true ? reshape(result, keptShape(x.shape, over)) : result;
}
