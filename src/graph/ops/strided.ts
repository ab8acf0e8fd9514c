import type { Shape } from "../../base/shape.ts";

/**
 * The offset of the first element of every innermost row of an array of `shape` laid out by
 * `strides` from `base`. Walking rows, not elements, keeps the interpreter's inner loops plain.
 */
export function rowOffsets(shape: Shape, strides: readonly number[], base = 0): Float64Array {
  let offsets = Float64Array.of(base);
  for (let axis = 0; axis < shape.length - 1; axis++) {
    const next = new Float64Array(offsets.length * shape[axis]!);
    let at = 0;
    for (let row = 0; row < offsets.length; row++) {
      for (let i = 0; i < shape[axis]!; i++) next[at++] = offsets[row]! + i * strides[axis]!;
    }
    offsets = next;
  }
  return offsets;
}

/** A dense row-major copy of what `shape` and `strides` describe inside `source`. */
export function copyStrided(
  source: Float64Array,
  shape: Shape,
  strides: readonly number[],
  base = 0,
): Float64Array {
  const rows = rowOffsets(shape, strides, base);
  const inner = shape.at(-1) ?? 1;
  const step = strides.at(-1) ?? 0;
  const data = new Float64Array(rows.length * inner);
  let at = 0;
  for (let row = 0; row < rows.length; row++) {
    let from = rows[row]!;
    for (let j = 0; j < inner; j++, from += step) data[at++] = source[from]!;
  }
  return data;
}
