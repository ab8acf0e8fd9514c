import { ShapeError } from "../../base/errors.ts";
import { showShape } from "../../base/shape.ts";
import { apply, type OpDefinition, type Value } from "../value.ts";

export interface MatmulAttrs {
  /** Use xᵀ in place of x. */
  readonly transposeX: boolean;
  /** Use yᵀ in place of y. */
  readonly transposeY: boolean;
}

/**
 * matmul(x, y) = x · y for matrices, either of them transposed on request.
 *
 * Shape:    x [M, K] (or [K, M]), y [K, N] (or [N, K]) → [M, N].
 * Gradient: dx = dz · yᵀ, dy = xᵀ · dz, written so that no transposed copy is made.
 * Errors:   ShapeError unless both are matrices of f32 with a common K.
 */
export const matmulOp: OpDefinition<MatmulAttrs> = {
  name: "matmul",
  kind: "contract",
  infer([x, y], { transposeX, transposeY }) {
    if (x?.shape.length !== 2 || y?.shape.length !== 2 || x.dtype !== "f32" || y.dtype !== "f32") {
      throw new ShapeError(
        `matmul: takes two f32 matrices, got ${showShape(x?.shape ?? [])} and ${showShape(y?.shape ?? [])}`,
      );
    }
    const [m, k] = transposeX ? [x.shape[1]!, x.shape[0]!] : [x.shape[0]!, x.shape[1]!];
    const [k2, n] = transposeY ? [y.shape[1]!, y.shape[0]!] : [y.shape[0]!, y.shape[1]!];
    if (k !== k2) {
      const show = ({ shape }: Value, flag: boolean): string =>
        showShape(shape) + (flag ? "ᵀ" : "");
      throw new ShapeError(
        `matmul: inner sizes must agree, got ${show(x, transposeX)} · ${show(y, transposeY)}`,
      );
    }
    return { shape: [m, n], dtype: "f32" };
  },
  evaluate([x, y], { transposeX, transposeY }, { shape: [m, n] }) {
    const k = x!.shape[transposeX ? 0 : 1]!;
    const [xRow, xColumn] = transposeX ? [1, m!] : [k, 1];
    const [yRow, yColumn] = transposeY ? [1, k] : [n!, 1];
    const data = new Float64Array(m! * n!);
    for (let i = 0; i < m!; i++) {
      for (let l = 0; l < k; l++) {
        const left = x!.data[i * xRow + l * xColumn]!;
        for (let j = 0; j < n!; j++) {
          data[i * n! + j]! += left * y!.data[l * yRow + j * yColumn]!;
        }
      }
    }
    return data;
  },
  gradient({ inputs: [x, y], grad, attrs: { transposeX: tx, transposeY: ty } }) {
    return [
      tx
        ? matmul(y!, grad, { transposeX: ty, transposeY: true })
        : matmul(grad, y!, { transposeX: false, transposeY: !ty }),
      ty
        ? matmul(grad, x!, { transposeX: true, transposeY: tx })
        : matmul(x!, grad, { transposeX: !tx, transposeY: false }),
    ];
  },
};

export function matmul(x: Value, y: Value, options: Partial<MatmulAttrs> = {}): Value {
  const { transposeX = false, transposeY = false } = options;
  return apply(matmulOp, [x, y], { transposeX, transposeY });
}
