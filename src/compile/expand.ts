/**
 * Replaces composite ops by their meaning until only primitives are left.
 *
 * Runs after `differentiate`, so that composites with a gradient of their own could use it, and
 * before `simplify`, which finds what two composites compute in common (a mean, a softmax).
 */
import { rewriteProgram, rewriteValues } from "../graph/rewrite.ts";
import type { Program, Value } from "../graph/value.ts";

export function expand(program: Program): Program {
  return rewriteProgram(program, expandValue);
}

/** `value` has primitive inputs; its meaning may be made of composites again. */
function expandValue(value: Value): Value {
  if (value.op.meaning === undefined) return value;
  const meaning = value.op.meaning(value.inputs, value.attrs);
  return rewriteValues([meaning], expandValue).get(meaning)!;
}
