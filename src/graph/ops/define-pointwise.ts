import { GraphError, ShapeError } from "../../base/errors.ts";
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

interface PointwiseSpec<A extends object> {
  readonly name: string;
  /** Element types accepted, per operand; default f32 for all. */
  readonly accepts?: readonly (readonly DType[])[];
  /** Element type of the result; default the first operand's. */
  readonly result?: DType;
  /** The exact function of one element of each operand, in float64. */
  scalar(operands: readonly number[], attrs: A): number;
  gradient?(context: GradientContext<A>): readonly (Value | null)[];
}

/** An op whose element i needs element i of each input. In the IR all shapes are equal already. */
export function definePointwise<A extends object = Attrs>(
  arity: number,
  spec: PointwiseSpec<A>,
): OpDefinition<A> {
  const { name, accepts, result, scalar, gradient } = spec;
  return {
    name,
    kind: "pointwise",
    infer(inputs) {
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
      return { shape: first.shape, dtype: result ?? first.dtype };
    },
    evaluate(inputs, attrs, { shape }) {
      const data = new Float64Array(sizeOf(shape));
      const operands = new Array<number>(inputs.length);
      for (let i = 0; i < data.length; i++) {
        inputs.forEach((array: NdArray, k) => (operands[k] = array.data[i]!));
        data[i] = scalar(operands, attrs);
      }
      return data;
    },
    ...(gradient === undefined ? {} : { gradient }),
  };
}

/** Applies a pointwise op after NumPy broadcasting of its operands. */
export function applyPointwise<A extends object>(
  op: OpDefinition<A>,
  operands: readonly Operand[],
  attrs: A,
): Value {
  const typed = operands.find((operand) => typeof operand !== "number");
  if (typed === undefined) throw new GraphError(`${op.name}: at least one operand must be a tensor`);
  const values = operands.map((operand) =>
    typeof operand === "number" ? constant(operand, [], typed.dtype) : operand,
  );
  const shape = values.reduce<readonly number[]>(
    (common, value) => broadcastShapes(common, value.shape, op.name),
    [],
  );
  return apply(
    op,
    values.map((value) => broadcastTo(value, shape)),
    attrs,
  );
}
