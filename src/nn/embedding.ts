import { OptionError, ShapeError } from "../base/errors.ts";
import { showShape, sizeOf } from "../base/shape.ts";
import { cast } from "../graph/ops/cast.ts";
import { equal } from "../graph/ops/equal.ts";
import { gather } from "../graph/ops/gather.ts";
import { reshape } from "../graph/ops/reshape.ts";
import { select } from "../graph/ops/select.ts";
import { stopGradient } from "../graph/ops/stop-gradient.ts";
import type { Value } from "../graph/value.ts";
import { normal } from "./initializers.ts";
import { checkFeatures } from "./linear.ts";
import { parameter, type Initializer, type Module, type Parameter, type Pass } from "./module.ts";

export interface EmbeddingOptions {
  /** First value of the table; defaults to *normal with deviation 1, as PyTorch's `Embedding`*. */
  readonly table?: Initializer;
  /** The id that stands for nothing: its row starts at 0 and is not learned. Defaults to *none*. */
  readonly padding?: number;
}

export interface Embedding extends Module {
  /** [V, D]: one row per id, as PyTorch's and Keras's. */
  readonly table: Parameter;
}

/**
 * A table of learned vectors: y[n, …] = table[ids[n, …]].
 *
 * Shape:    ids [N, ...S] → y [N, ...S, D]; table [V, D], V = vocabulary, D = width.
 * Ids:      i32; or f32 that are whole numbers, as data sets hand them over (exact below 2²⁴).
 * Numerics: an id that is not a whole number in [0, V) makes a row of NaN, so that it is noticed:
 *           a program that is compiled once cannot throw in its middle.
 * Gradient: a row taken twice gets both gradients; ids get none.
 * Errors:   OptionError unless both sizes are positive integers and padding is an id; ShapeError
 *           for ids without a batch axis or of another element type.
 */
export function embedding(
  vocabulary: number,
  width: number,
  options: EmbeddingOptions = {},
): Embedding {
  const label = `embedding(${vocabulary}, ${width})`;
  checkFeatures(vocabulary, label);
  checkFeatures(width, label);
  const { table: first = normal({ std: 1 }), padding } = options;
  if (
    padding !== undefined &&
    !(Number.isInteger(padding) && 0 <= padding && padding < vocabulary)
  ) {
    throw new OptionError(`${label}: padding must be an id in [0, ${vocabulary}), got ${padding}`);
  }
  const table = parameter([vocabulary, width], withoutRow(first, width, padding));

  function apply(x: Value, pass: Pass): Value {
    const ids = idsOf(x, label);
    const rows = gather(pass.read(table), ids);
    const learned =
      padding === undefined
        ? rows
        : select(reshape(equal(ids, padding), [ids.shape[0]!, 1]), stopGradient(rows), rows);
    return reshape(learned, [...x.shape, width]);
  }
  return Object.freeze({ label, table, apply });
}

/** i32 [M]; −1 for a number that is no id. */
function idsOf(x: Value, label: string): Value {
  if (x.shape.length < 1 || (x.dtype !== "i32" && x.dtype !== "f32")) {
    throw new ShapeError(
      `${label}: ids must be i32 or f32 [N, ...], got ${x.dtype} ${showShape(x.shape)}`,
    );
  }
  const flat = reshape(x, [sizeOf(x.shape)]);
  if (x.dtype === "i32") return flat;
  const ids = cast(flat, "i32");
  return select(equal(cast(ids, "f32"), flat), ids, -1);
}

function withoutRow(first: Initializer, width: number, row: number | undefined): Initializer {
  if (row === undefined) return first;
  return (shape, key) => first(shape, key).fill(0, row * width, (row + 1) * width);
}
