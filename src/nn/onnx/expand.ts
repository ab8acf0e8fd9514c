import { attrsOf, isOp, topologicalOrder, type Value } from "../../graph/value.ts";
import { withInputs } from "../../graph/rewrite.ts";
import { standardizeOp } from "../../graph/ops/standardize.ts";

/** Composites that ONNX has an operator for; the others are replaced by what they mean. */
const DIRECT: ReadonlySet<string> = new Set([
  "argmax",
  "concat",
  "conv2d",
  "elu",
  "erf",
  "expm1",
  "leaky-relu",
  "log-softmax",
  "log1p",
  "max-pool2d",
  "mean",
  "power",
  "relu",
  "softmax",
  "softplus",
  "square",
]);

/**
 * The same value in ops that ONNX has or that have no meaning in others. `made` is told each value
 * that takes part, and which of the original graph it belongs to.
 */
export function expand(output: Value, made: (value: Value, origin: Value) => void): Value {
  const done = new Map<Value, Value>();

  function settle(value: Value, origin: Value): Value {
    if (value.op.meaning === undefined || isDirect(value)) {
      made(value, origin);
      return value;
    }
    const meaning = value.op.meaning(value.inputs, value.attrs);
    const inner = new Map(value.inputs.map((operand) => [operand, operand]));
    for (const part of topologicalOrder([meaning], inner)) {
      inner.set(part, settle(rebuilt(part, inner), origin));
    }
    return inner.get(meaning)!;
  }

  for (const value of topologicalOrder([output])) {
    done.set(value, settle(rebuilt(value, done), value));
  }
  return done.get(output)!;
}

function rebuilt(value: Value, replaced: ReadonlyMap<Value, Value>): Value {
  return withInputs(
    value,
    value.inputs.map((operand) => replaced.get(operand)!),
  );
}

function isDirect(value: Value): boolean {
  if (!isOp(value, standardizeOp)) return DIRECT.has(value.op.name);
  return normalizationOf(value) !== null;
}

/** The operator that standardizes over these axes; null if there is none. */
export function normalizationOf(value: Value): "layer" | "instance" | null {
  const { axes } = attrsOf(value, standardizeOp);
  const rank = value.shape.length;
  if (axes.every((axis, i) => axis === rank - axes.length + i)) return "layer";
  return rank === 4 && axes.join() === "1,2" ? "instance" : null;
}
