import { ShapeError } from "../../base/errors.ts";
import { sameShape, showShape, sizeOf, type Shape } from "../../base/shape.ts";
import { apply, type OpDefinition, type Value } from "../value.ts";
import { reshape } from "./reshape.ts";
import { transpose } from "./transpose.ts";

export interface ContractAttrs {
  /** How many axes are summed over: the last ones of x, the first ones of y. */
  readonly depth: number;
}

/**
 * contract(x, y) = Σ over D of x[…R, …D] · y[…D, C]: a matrix product whose rows and depth may
 * have any number of axes. On a view of sliding windows it is a convolution, without a copy of
 * the windows ever being made.
 *
 * Shape:    x [...R, ...D], y [...D, C] → [...R, C], D of `depth` axes.
 * Gradient: dx = dz · yᵀ, dy = xᵀ · dz, with the axes of rows and depth exchanged.
 * Errors:   ShapeError unless both are f32, each of R and D has an axis, and D agrees.
 */
export const contractOp: OpDefinition<ContractAttrs> = {
  name: "contract",
  kind: "contract",
  infer([x, y], { depth }) {
    const rows = x!.shape.slice(0, -depth);
    const fits =
      x!.dtype === "f32" &&
      y!.dtype === "f32" &&
      depth >= 1 &&
      rows.length >= 1 &&
      y!.shape.length === depth + 1 &&
      sameShape(x!.shape.slice(-depth), y!.shape.slice(0, depth));
    if (!fits) {
      throw new ShapeError(
        `contract: takes f32 [...R, ...D] and [...D, C] with ${depth} axes in D, ` +
          `got ${showShape(x!.shape)} and ${showShape(y!.shape)}`,
      );
    }
    return { shape: [...rows, y!.shape[depth]!], dtype: "f32" };
  },
  evaluate([x, y], { depth }, { shape }) {
    const columns = shape.at(-1)!;
    const length = sizeOf(x!.shape.slice(-depth));
    const data = new Float64Array(sizeOf(shape));
    for (let row = 0; row * columns < data.length; row++) {
      for (let l = 0; l < length; l++) {
        const left = x!.data[row * length + l]!;
        const from = l * columns;
        const into = row * columns;
        for (let j = 0; j < columns; j++) data[into + j]! += left * y!.data[from + j]!;
      }
    }
    return data;
  },
  gradient({ inputs: [x, y], grad, attrs: { depth } }) {
    const rank = x!.shape.length;
    const rows = rank - depth;
    const columns = y!.shape.at(-1)!;
    const flat: Shape = [sizeOf(x!.shape.slice(rows)), columns];
    const dx = contract(grad, transpose(reshape(y!, flat)), { depth: 1 });
    const exchanged = x!.shape.map((_, axis) => (axis + rows) % rank);
    return [reshape(dx, x!.shape), contract(transpose(x!, exchanged), grad, { depth: rows })];
  },
};

export function contract(x: Value, y: Value, { depth }: ContractAttrs): Value {
  return apply(contractOp, [x, y], { depth });
}
