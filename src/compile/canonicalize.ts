/**
 * Brings a program of primitives into the form that fusion reads:
 * - `iota` has one axis (others become broadcasts), so that an index is the value itself;
 * - reductions are over axes longer than 1 (others become reshapes);
 * - every output and every written value is computed in place and dense: a value that is merely
 *   an input, a state, a constant, a view of something, or already taken by another slot, is copied;
 * - a slot that is written with its own content is not written.
 */
import type { Shape } from "../base/shape.ts";
import { broadcastTo } from "../graph/ops/broadcast.ts";
import { iota, iotaOp } from "../graph/ops/iota.ts";
import { reshape } from "../graph/ops/reshape.ts";
import { stateOp } from "../graph/ops/state.ts";
import {
  apply,
  attrsOf,
  isOp,
  programValues,
  type OpDefinition,
  type Program,
  type Value,
} from "../graph/value.ts";
import { accessOf, isDense } from "./access.ts";

/** x itself, as a computation of its own. */
export const copyOp: OpDefinition = {
  name: "copy",
  kind: "pointwise",
  infer: ([x]) => ({ shape: x!.shape, dtype: x!.dtype }),
  evaluate: ([x]) => x!.data,
};

export function canonicalize(program: Program): Program {
  const rewritten = new Map<Value, Value>();
  for (const value of programValues(program)) {
    rewritten.set(
      value,
      rewrite(
        value,
        value.inputs.map((input) => rewritten.get(input)!),
      ),
    );
  }
  const taken = new Set<Value>();
  const own = (value: Value): Value => {
    const canonical = rewritten.get(value)!;
    const access = accessOf(canonical);
    const computed = access.root.op.kind !== "source" && access.root.op.kind !== "view";
    const usable = computed && isDense(canonical.shape, access) && !taken.has(access.root);
    const result = usable ? canonical : apply(copyOp, [canonical], {});
    taken.add(accessOf(result).root);
    return result;
  };
  const changing = program.writes.filter(
    ({ slot, value }) => !isOp(value, stateOp) || attrsOf(value, stateOp).slot !== slot,
  );
  return {
    writes: changing.map(({ slot, value }) => ({ slot, value: own(value) })),
    outputs: Object.fromEntries(
      Object.entries(program.outputs).map(([name, value]) => [name, own(value)]),
    ),
  };
}

function rewrite(value: Value, inputs: readonly Value[]): Value {
  if (isOp(value, iotaOp)) {
    const { shape, axis } = attrsOf(value, iotaOp);
    const size = shape[axis]!;
    const alongAxis: Shape = shape.map((_, other) => (other === axis ? size : 1));
    return broadcastTo(reshape(iota([size], 0), alongAxis), shape);
  }
  if (value.op.kind === "reduce") {
    const { axes } = value.attrs as unknown as { readonly axes: readonly number[] };
    const long = axes.filter((axis) => inputs[0]!.shape[axis]! > 1);
    if (long.length === 0) return reshape(inputs[0]!, value.shape);
    if (long.length < axes.length) {
      return reshape(apply(value.op, inputs, { ...value.attrs, axes: long }), value.shape);
    }
  }
  const unchanged = inputs.every((input, i) => input === value.inputs[i]);
  return unchanged ? value : apply(value.op, inputs, value.attrs);
}
