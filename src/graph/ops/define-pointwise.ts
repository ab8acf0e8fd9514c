import { GraphError, OptionError, ShapeError } from "../../base/errors.ts";
import { broadcastShapes, sameShape, showShape, sizeOf, type DType } from "../../base/shape.ts";
import {
  apply,
  type Attrs,
  type GradientContext,
  type NdArray,
  type OpDefinition,
  type Value,
} from "../value.ts";
import { broadcastTo } from "./broadcast.ts";
import { constant } from "./constant.ts";

/** A number stands for a constant of the other operand's type. */
export type Operand = Value | number;

/** Element types of ordinary arithmetic. */
export const NUMERIC: readonly DType[] = ["f32", "i32", "u32"];

export interface PointwiseSpec<A extends object> {
  readonly name: string;
  /** Element types accepted, per operand; default f32 for all. */
  readonly accepts?: readonly (readonly DType[])[];
  /** Which operand's element type the result has, or a fixed one; default 0, the first operand's. */
  readonly result?: DType | number;
  /** Operands that must have one common element type; default all. */
  readonly alike?: readonly number[];
  /** The exact function of one element of each operand, in float64; integer results are wrapped. */
  scalar(this: void, a: number, b: number, c: number, attrs: A): number;
  gradient?(context: GradientContext<A>): readonly (Value | null)[];
}

/** An op whose element i needs element i of each input. In the IR all shapes are equal already. */
export function definePointwise<A extends object = Attrs>(
  arity: 1 | 2 | 3,
  spec: PointwiseSpec<A>,
): OpDefinition<A> {
  const { name, result = 0, scalar, gradient } = spec;
  return {
    name,
    kind: "pointwise",
    infer(inputs) {
      checkOperands(inputs, arity, spec);
      return {
        shape: inputs[0]!.shape,
        dtype: typeof result === "number" ? inputs[result]!.dtype : result,
      };
    },
    evaluate(inputs, attrs, { shape, dtype }) {
      const data = new Float64Array(sizeOf(shape));
      mapElements(data, inputs, attrs, scalar);
      if (dtype === "i32") for (let i = 0; i < data.length; i++) data[i] = data[i]! | 0;
      if (dtype === "u32") for (let i = 0; i < data.length; i++) data[i] = data[i]! >>> 0;
      return data;
    },
    ...(gradient === undefined ? {} : { gradient }),
  };
}

function checkOperands<A extends object>(
  inputs: readonly Value[],
  arity: number,
  { name, accepts, alike }: PointwiseSpec<A>,
): void {
  const [first] = inputs;
  if (first === undefined || inputs.length !== arity) {
    throw new GraphError(`${name}: takes ${arity} operands, got ${inputs.length}`);
  }
  inputs.forEach(({ shape, dtype }, i) => {
    const allowed = accepts?.[i] ?? ["f32"];
    if (!allowed.includes(dtype)) {
      throw new ShapeError(`${name}: operand ${i} must be ${allowed.join(" or ")}, got ${dtype}`);
    }
    if (!sameShape(shape, first.shape)) {
      throw new ShapeError(
        `${name}: shapes must be equal, got ${showShape(first.shape)} and ${showShape(shape)}`,
      );
    }
  });
  const together = (alike ?? inputs.map((_, i) => i)).map((i) => inputs[i]!.dtype);
  if (new Set(together).size > 1) {
    throw new ShapeError(`${name}: element types must be equal, got ${together.join(" and ")}`);
  }
}

function mapElements<A>(
  data: Float64Array,
  inputs: readonly NdArray[],
  attrs: A,
  scalar: (a: number, b: number, c: number, attrs: A) => number,
): void {
  const [a, b, c] = inputs.map((array) => array.data);
  if (c !== undefined) {
    for (let i = 0; i < data.length; i++) data[i] = scalar(a![i]!, b![i]!, c[i]!, attrs);
  } else if (b !== undefined) {
    for (let i = 0; i < data.length; i++) data[i] = scalar(a![i]!, b[i]!, 0, attrs);
  } else {
    for (let i = 0; i < data.length; i++) data[i] = scalar(a![i]!, 0, 0, attrs);
  }
}

/** Applies a pointwise op after NumPy broadcasting of its operands. */
export function applyPointwise<A extends object>(
  op: OpDefinition<A>,
  operands: readonly Operand[],
  attrs: A,
): Value {
  const values = operands.filter((operand) => typeof operand !== "number");
  const dtype = values[0]?.dtype;
  if (dtype === undefined) {
    throw new OptionError(`${op.name}: one operand must be a tensor, got numbers only`);
  }
  const shape = values.reduce<readonly number[]>(
    (common, value) => broadcastShapes(common, value.shape, op.name),
    [],
  );
  return apply(
    op,
    operands.map((operand) =>
      typeof operand === "number" ? constant(operand, shape, dtype) : broadcastTo(operand, shape),
    ),
    attrs,
  );
}
