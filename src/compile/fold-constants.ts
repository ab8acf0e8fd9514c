/**
 * Computes when compiling what does not depend on any input. A constant here is one number, the
 * same for every element, so nothing is ever stored: folding evaluates a single element.
 */
import { broadcastOp, sumOp } from "../graph/ops/broadcast.ts";
import { constant, constantOp } from "../graph/ops/constant.ts";
import { maxOp } from "../graph/ops/max.ts";
import { countOver } from "../graph/ops/reduction.ts";
import { reshapeOp } from "../graph/ops/reshape.ts";
import { padOp, sliceOp } from "../graph/ops/slice.ts";
import { transposeOp } from "../graph/ops/transpose.ts";
import { attrsOf, isOp, type OpDefinition, type Value } from "../graph/value.ts";

/** Views whose every element is some element of their input. */
const SELECTIONS: ReadonlySet<unknown> = new Set([broadcastOp, reshapeOp, sliceOp, transposeOp]);

/** The number that all elements of a constant are; null for anything else. */
export function constantValue(value: Value): number | null {
  return isOp(value, constantOp) ? attrsOf(value, constantOp).value : null;
}

/** The constant that `value` always is, or null. */
export function foldConstant(value: Value): Value | null {
  const { op, inputs, shape, dtype } = value;
  if (inputs.length === 0) return null;
  const numbers = inputs.map(constantValue);
  if (!numbers.every((number) => number !== null)) return null;
  const result =
    op.kind === "pointwise" ? foldPointwise(value, op, numbers) : foldOther(value, numbers[0]!);
  return result === null ? null : constant(result, shape, dtype);
}

function foldPointwise(value: Value, op: OpDefinition, numbers: readonly number[]): number | null {
  const scalars = numbers.map((number) => ({ shape: [], data: Float64Array.of(number) }));
  return op.evaluate?.(scalars, value.attrs, { shape: [], dtype: value.dtype })[0] ?? null;
}

function foldOther(value: Value, number: number): number | null {
  if (SELECTIONS.has(value.op)) return number;
  if (isOp(value, padOp)) return Object.is(attrsOf(value, padOp).value, number) ? number : null;
  if (isOp(value, maxOp)) return number;
  if (!isOp(value, sumOp)) return null;
  return number * countOver(value.inputs[0]!.shape, attrsOf(value, sumOp).axes);
}
