import { sizeOf } from "../base/shape.ts";
import { topologicalOrder, type Value } from "../graph/value.ts";

/**
 * Floating-point operations of some values, as their formulas are written: 2 per multiplication and
 * addition of a product, 1 per element of any elementwise function (a division, an exponential), 1
 * per element summed. Moving, choosing rows, random bits and integers count 0, and so does nothing
 * that the compiler saves or repeats.
 */
export function countFlops(values: Iterable<Value>): number {
  let total = 0;
  for (const value of values) total += flopsOf(value);
  return total;
}

function flopsOf({ op, inputs, attrs, shape, dtype }: Value): number {
  if (op.kind === "composite") {
    const meaning = op.meaning!(inputs, attrs);
    return countFlops(topologicalOrder([meaning], new Set(inputs)));
  }
  if (dtype !== "f32") return 0;
  const size = sizeOf(shape);
  // The second operand has [...depth, columns]: one product per column and element of depth.
  if (op.kind === "contract") return 2 * size * (sizeOf(inputs[1]!.shape) / shape.at(-1)!);
  if (op.kind === "pointwise") return size;
  return op.kind === "reduce" ? sizeOf(inputs[0]!.shape) : 0;
}
