import { ShapeError } from "../../base/errors.ts";
import { showShape } from "../../base/shape.ts";
import { apply, type OpDefinition, type Value } from "../value.ts";
import { matmul } from "./matmul.ts";
import { checkIds, oneHot } from "./one-hot.ts";

/**
 * gather(table, ids)[n] = table[ids[n]].
 *
 * Shape:    table [V, D], ids i32 [N] → [N, D].
 * Numerics: an id outside [0, V) makes a row of NaN, so that it is noticed.
 * Gradient: dtable = oneHot(ids)ᵀ · dy; a row taken twice gets both gradients.
 * Errors:   ShapeError unless table is an f32 matrix and ids are i32 [N].
 */
export const gatherOp: OpDefinition = {
  name: "gather",
  kind: "gather",
  infer([table, ids]) {
    if (table?.dtype !== "f32" || table.shape.length !== 2) {
      throw new ShapeError(
        `gather: table must be f32 [V, D], got ${table?.dtype} ${showShape(table?.shape ?? [])}`,
      );
    }
    checkIds(ids, "gather");
    return { shape: [ids.shape[0]!, table.shape[1]!], dtype: "f32" };
  },
  evaluate([table, ids], _attrs, { shape: [rows, width] }) {
    const data = new Float64Array(rows! * width!).fill(NaN);
    for (let n = 0; n < rows!; n++) {
      const id = ids!.data[n]!;
      if (id < 0 || id >= table!.shape[0]!) continue;
      data.set(table!.data.subarray(id * width!, (id + 1) * width!), n * width!);
    }
    return data;
  },
  gradient: ({ inputs: [table, ids], grad }) => [
    matmul(oneHot(ids!, table!.shape[0]!), grad, { transposeX: true }),
    null,
  ],
};

export function gather(table: Value, ids: Value): Value {
  return apply(gatherOp, [table, ids], {});
}
