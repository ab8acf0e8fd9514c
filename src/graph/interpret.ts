/**
 * The oracle: what a program means, computed op by op in float64 from the ops' own definitions.
 * Every backend is compared with it. It shares no code with them and makes no attempt at speed
 * beyond plain loops.
 */
import { GraphError, ShapeError } from "../base/errors.ts";
import { sizeOf, showShape } from "../base/shape.ts";
import { inputOp } from "./ops/input.ts";
import { stateOp } from "./ops/state.ts";
import {
  attrsOf,
  isOp,
  programRoots,
  topologicalOrder,
  type NdArray,
  type Program,
  type Slot,
  type Value,
} from "./value.ts";

export interface Memory {
  /** By the inputs' names. */
  readonly inputs?: Readonly<Record<string, ArrayLike<number> | NdArray>>;
  /** By slot, compared by identity. Not changed: the new contents are in the result's `writes`. */
  readonly slots?: ReadonlyMap<Slot, ArrayLike<number>>;
}

export interface Interpretation {
  readonly outputs: Readonly<Record<string, NdArray>>;
  readonly writes: ReadonlyMap<Slot, Float64Array>;
}

/**
 * Runs a program once.
 *
 * Errors: ShapeError for an input or slot that is missing or of the wrong length;
 *         GraphError for a derivative that has not been expanded.
 */
export function interpret(program: Program, memory: Memory): Interpretation {
  const results = evaluateAll(programRoots(program), new Map(), memory);
  const outputs = Object.entries(program.outputs).map(([name, value]) => [
    name,
    results.get(value)!,
  ]);
  return {
    outputs: Object.fromEntries(outputs) as Record<string, NdArray>,
    writes: new Map(program.writes.map(({ slot, value }) => [slot, results.get(value)!.data])),
  };
}

/** The arrays of `roots`, given those of `known` values. Others are let go after their last use. */
function evaluateAll(
  roots: readonly Value[],
  known: ReadonlyMap<Value, NdArray>,
  memory: Memory,
): Map<Value, NdArray> {
  const order = topologicalOrder(roots, known);
  const uses = new Map<Value, number>();
  for (const root of roots) uses.set(root, Infinity);
  for (const { inputs } of order) {
    for (const value of inputs) uses.set(value, (uses.get(value) ?? 0) + 1);
  }
  const results = new Map(known);
  for (const value of order) {
    const inputs = value.inputs.map((operand) => results.get(operand)!);
    results.set(value, { shape: value.shape, data: evaluate(value, inputs, memory) });
    for (const operand of value.inputs) {
      const left = uses.get(operand)! - 1;
      uses.set(operand, left);
      if (left === 0) results.delete(operand);
    }
  }
  return results;
}

function evaluate(value: Value, inputs: readonly NdArray[], memory: Memory): Float64Array {
  const { op, attrs } = value;
  if (isOp(value, inputOp)) {
    const { name } = attrsOf(value, inputOp);
    return fed(memory.inputs?.[name], value, `input "${name}"`);
  }
  if (isOp(value, stateOp)) {
    const { slot } = attrsOf(value, stateOp);
    return fed(memory.slots?.get(slot), value, `slot "${slot.name}"`);
  }
  if (op.evaluate !== undefined) return op.evaluate(inputs, attrs, value);
  if (op.meaning !== undefined) {
    const meaning = op.meaning(value.inputs, attrs);
    const known = new Map(value.inputs.map((operand, i) => [operand, inputs[i]!]));
    return evaluateAll([meaning], known, memory).get(meaning)!.data;
  }
  throw new GraphError(`interpret: op must have a meaning, got ${op.name} (differentiate first)`);
}

function fed(
  given: ArrayLike<number> | NdArray | undefined,
  { shape }: Value,
  who: string,
): Float64Array {
  if (given === undefined) throw new ShapeError(`interpret: ${who} must be given, got nothing`);
  const data = "data" in given ? given.data : given;
  if (data.length !== sizeOf(shape)) {
    throw new ShapeError(
      `interpret: ${who} must have ${sizeOf(shape)} elements ${showShape(shape)}, got ${data.length}`,
    );
  }
  return data instanceof Float64Array ? data : Float64Array.from(data);
}
