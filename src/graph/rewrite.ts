/** Rebuilding a program with some of its values replaced: the frame all graph passes share. */
import { GraphError } from "../base/errors.ts";
import { sameShape } from "../base/shape.ts";
import { apply, programRoots, topologicalOrder, type Program, type Value } from "./value.ts";

/**
 * Visits every value, inputs first. `visit` gets the value with its inputs already replaced and
 * returns what stands in its place: the value itself, or another of the same type.
 */
export function rewriteProgram(program: Program, visit: (value: Value) => Value): Program {
  const replaced = rewriteValues(programRoots(program), visit);
  const outputs = Object.entries(program.outputs).map(
    ([name, value]) => [name, replaced.get(value)!] as const,
  );
  return {
    outputs: Object.fromEntries(outputs),
    writes: program.writes.map(({ slot, value }) => ({ slot, value: replaced.get(value)! })),
  };
}

/** The same for everything that `roots` reach. */
export function rewriteValues(
  roots: readonly Value[],
  visit: (value: Value) => Value,
): Map<Value, Value> {
  const replaced = new Map<Value, Value>();
  for (const value of topologicalOrder(roots)) {
    const result = visit(
      withInputs(
        value,
        value.inputs.map((operand) => replaced.get(operand)!),
      ),
    );
    if (result.dtype !== value.dtype || !sameShape(result.shape, value.shape)) {
      throw new GraphError(`rewrite: ${value.op.name} must keep its type, got ${result.op.name}`);
    }
    replaced.set(value, result);
  }
  return replaced;
}

/** `value` itself when its inputs are these already. */
export function withInputs(value: Value, inputs: readonly Value[]): Value {
  const same = inputs.every((operand, i) => operand === value.inputs[i]);
  return same ? value : apply(value.op, inputs, value.attrs);
}
