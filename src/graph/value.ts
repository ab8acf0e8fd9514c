/**
 * The tensor IR. A value is an immutable description of a computation: an op applied to values.
 * Making one computes nothing and records nothing; a graph is whatever its outputs reach.
 */
import { GraphError } from "../base/errors.ts";
import { checkShape, type DType, type Shape, type TensorType } from "../base/shape.ts";

export type Attrs = Readonly<Record<string, unknown>>;

export interface Value extends TensorType {
  readonly op: OpDefinition;
  readonly inputs: readonly Value[];
  readonly attrs: Attrs;
}

/** A dense row-major array of the float64 interpreter. Integers and 0/1 are exact in it. */
export interface NdArray {
  readonly shape: Shape;
  readonly data: Float64Array;
}

export interface GradientContext<A> {
  readonly inputs: readonly Value[];
  readonly output: Value;
  /** d loss / d output, of output's shape. */
  readonly grad: Value;
  readonly attrs: A;
}

/**
 * What the compiler may do with an op:
 * - `source`: no inputs, or memory: input, state, constant, iota, random bits
 * - `pointwise`: element i of the output needs element i of each input
 * - `view`: the same elements at other indices: broadcast, reshape, transpose, slice, pad
 * - `reduce`: over `attrs.axes`
 * - `contract`: matrix products
 * - `gather`: rows by index
 * - `composite`: has a `meaning` in other ops, which replaces it after differentiation
 * - `symbolic`: a derivative asked for, which the pass `differentiate` replaces
 */
type OpKind =
  | "source"
  | "pointwise"
  | "view"
  | "reduce"
  | "contract"
  | "gather"
  | "composite"
  | "symbolic";

/** One op, one file: everything the rest of the house knows about an op is in its definition. */
export interface OpDefinition<A extends object = Attrs> {
  readonly name: string;
  readonly kind: OpKind;
  /** The output's type; throws ShapeError for inputs that do not fit. */
  infer(inputs: readonly Value[], attrs: A): TensorType;
  /** Exact meaning in float64; every kind but `composite` and `symbolic` has it. */
  evaluate?(inputs: readonly NdArray[], attrs: A, type: TensorType): Float64Array;
  /** A composite's definition in other ops. */
  meaning?(inputs: readonly Value[], attrs: A): Value;
  /** d loss / d input for each input; null where it is not differentiable (or always zero). */
  gradient?(context: GradientContext<A>): readonly (Value | null)[];
}

/** Applies an op: the only way values come to be. */
export function apply<A extends object>(
  op: OpDefinition<A>,
  inputs: readonly Value[],
  attrs: A,
): Value {
  const { shape, dtype } = op.infer(inputs, attrs);
  checkShape(shape, op.name);
  return { op: op as unknown as OpDefinition, inputs, attrs: attrs as Attrs, shape, dtype };
}

/** The attributes of a value known to be of `op`. */
export function attrsOf<A extends object>(value: Value, op: OpDefinition<A>): A {
  if ((value.op as unknown) !== op) {
    throw new GraphError(`attrsOf: expected op ${op.name}, got ${value.op.name}`);
  }
  return value.attrs as unknown as A;
}

/** Is `value` the result of `op`? */
export function isOp<A extends object>(value: Value, op: OpDefinition<A>): boolean {
  return (value.op as unknown) === op;
}

/**
 * Every value that `roots` reach, inputs before users; the order is a function of the graph alone.
 * Values in `known` are neither listed nor entered.
 */
export function topologicalOrder(
  roots: readonly Value[],
  known?: { has(value: Value): boolean },
): Value[] {
  const order: Value[] = [];
  const state = new Map<Value, "open" | "done">();
  const stack: { value: Value; next: number }[] = [];
  for (const root of roots) {
    if (state.has(root) || known?.has(root) === true) continue;
    stack.push({ value: root, next: 0 });
    state.set(root, "open");
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!;
      const input = top.value.inputs[top.next++];
      if (input === undefined) {
        stack.pop();
        state.set(top.value, "done");
        order.push(top.value);
      } else if (!state.has(input) && known?.has(input) !== true) {
        state.set(input, "open");
        stack.push({ value: input, next: 0 });
      }
    }
  }
  return order;
}

/** A persistent buffer: a parameter, a running statistic, an optimizer's moment. */
export interface Slot extends TensorType {
  readonly name: string;
}

/**
 * A whole computation: outputs to read after each run and writes to persistent buffers.
 * All reads of a slot see its value before the run; writes take effect together, after it.
 */
export interface Program {
  readonly outputs: Readonly<Record<string, Value>>;
  readonly writes: readonly { readonly slot: Slot; readonly value: Value }[];
}

/** All values a program computes, inputs before users. */
export function programValues(program: Program): Value[] {
  return topologicalOrder(programRoots(program));
}

export function programRoots(program: Program): Value[] {
  return [...Object.values(program.outputs), ...program.writes.map((write) => write.value)];
}

export type { DType, Shape, TensorType };
