/**
 * Fewer views: two of a kind become one, those that change nothing go, and a transposed operand
 * of a matrix product becomes the product's own flag, which costs nothing.
 */
import { sameShape } from "../base/shape.ts";
import { broadcastOp, broadcastTo } from "../graph/ops/broadcast.ts";
import { matmul, matmulOp } from "../graph/ops/matmul.ts";
import { pad, padOp } from "../graph/ops/pad.ts";
import { reshape, reshapeOp } from "../graph/ops/reshape.ts";
import { slice, sliceOp } from "../graph/ops/slice.ts";
import { transpose, transposeOp } from "../graph/ops/transpose.ts";
import { attrsOf, isOp, type Value } from "../graph/value.ts";

/** Is this value used exactly once? */
export type UsedOnce = (value: Value) => boolean;

/** A value of the same elements with fewer views, or null. */
export function simplifyViews(value: Value, usedOnce: UsedOnce): Value | null {
  if (isOp(value, reshapeOp)) return simplifyReshape(value);
  if (isOp(value, broadcastOp)) return simplifyBroadcast(value);
  if (isOp(value, transposeOp)) return simplifyTranspose(value, usedOnce);
  if (isOp(value, sliceOp)) return simplifySlice(value);
  if (isOp(value, padOp)) return simplifyPad(value);
  return isOp(value, matmulOp) ? absorbTransposes(value) : null;
}

function simplifyReshape({ inputs: [x], shape }: Value): Value | null {
  if (sameShape(x!.shape, shape)) return x!;
  return isOp(x!, reshapeOp) ? reshape(x!.inputs[0]!, shape) : null;
}

function simplifyBroadcast({ inputs: [x], shape }: Value): Value | null {
  if (sameShape(x!.shape, shape)) return x!;
  if (isOp(x!, broadcastOp)) return broadcastTo(x!.inputs[0]!, shape);
  if (!isOp(x!, reshapeOp)) return null;
  // A broadcast adds leading axes by itself, and none that are there may be lost.
  const inner = x!.inputs[0]!;
  const lead = x!.shape.length - inner.shape.length;
  const onlyLead =
    lead > 0 &&
    x!.shape.slice(0, lead).every((size) => size === 1) &&
    sameShape(x!.shape.slice(lead), inner.shape);
  return onlyLead ? broadcastTo(inner, shape) : null;
}

function simplifyTranspose(value: Value, usedOnce: UsedOnce): Value | null {
  const [x] = value.inputs;
  const { perm } = attrsOf(value, transposeOp);
  // Moving axes of size 1 about moves no element.
  const long = perm.filter((axis) => x!.shape[axis]! > 1);
  if (long.every((axis, i) => i === 0 || long[i - 1]! < axis)) return reshape(x!, value.shape);
  if (isOp(x!, transposeOp)) {
    const inner = attrsOf(x!, transposeOp).perm;
    return transpose(
      x!.inputs[0]!,
      perm.map((axis) => inner[axis]!),
    );
  }
  if (!isOp(x!, matmulOp) || !usedOnce(x!)) return null;
  // (a · b)ᵀ = bᵀ · aᵀ
  const [a, b] = x!.inputs;
  const { transposeX, transposeY } = attrsOf(x!, matmulOp);
  return matmul(b!, a!, { transposeX: !transposeY, transposeY: !transposeX });
}

function simplifySlice(value: Value): Value | null {
  const [x] = value.inputs;
  if (sameShape(x!.shape, value.shape)) return x!;
  if (!isOp(x!, sliceOp)) return null;
  const { start, end } = attrsOf(value, sliceOp);
  const inner = attrsOf(x!, sliceOp).start;
  const shifted = (at: readonly number[]): number[] =>
    at.map((index, axis) => index + inner[axis]!);
  return slice(x!.inputs[0]!, { start: shifted(start), end: shifted(end) });
}

function simplifyPad(value: Value): Value | null {
  const [x] = value.inputs;
  if (sameShape(x!.shape, value.shape)) return x!;
  if (!isOp(x!, padOp)) return null;
  const outer = attrsOf(value, padOp);
  const inner = attrsOf(x!, padOp);
  if (!Object.is(outer.value, inner.value)) return null;
  const both = (side: "before" | "after"): number[] =>
    outer[side].map((amount, axis) => amount + inner[side][axis]!);
  return pad(x!.inputs[0]!, { before: both("before"), after: both("after"), value: outer.value });
}

function absorbTransposes(value: Value): Value | null {
  const flags = attrsOf(value, matmulOp);
  const [x, y] = value.inputs.map((operand) =>
    isMatrixTranspose(operand) ? operand.inputs[0]! : operand,
  );
  const flippedX = x !== value.inputs[0];
  const flippedY = y !== value.inputs[1];
  if (!flippedX && !flippedY) return null;
  return matmul(x!, y!, {
    transposeX: flags.transposeX !== flippedX,
    transposeY: flags.transposeY !== flippedY,
  });
}

/** Not every transpose of a matrix swaps its axes: the identity is a permutation too. */
function isMatrixTranspose(value: Value): boolean {
  return isOp(value, transposeOp) && attrsOf(value, transposeOp).perm[0] === 1;
}
