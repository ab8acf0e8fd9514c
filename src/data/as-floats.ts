import type { Examples } from "./dataset.ts";

/** Largest split that is held twice, in numbers: 256 MiB of floats beside 64 MiB of bytes. */
const MOST = 2 ** 26;

/** Splits of the same bytes, such as those of several runs in one process, share their floats. */
const converted = new WeakMap<
  Uint8Array,
  { readonly scale: number; readonly floats: Float32Array }
>();

/**
 * The same examples as floats that need no further conversion, so that a batch is gathered by
 * memcpy: for MNIST, converting bytes at each step takes a tenth of the step. A split too large
 * to be held twice comes back as it is.
 */
export function asFloats<S extends Examples>(split: S): S {
  const { inputs, inputScale = 1 } = split;
  if (inputs instanceof Float32Array || inputs.length > MOST) return split;
  const known = converted.get(inputs);
  const floats = known?.scale === inputScale ? known.floats : convert(inputs, inputScale);
  converted.set(inputs, { scale: inputScale, floats });
  return { ...split, inputs: floats, inputScale: 1 };
}

function convert(bytes: Uint8Array, scale: number): Float32Array {
  const floats = new Float32Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) floats[i] = bytes[i]! * scale;
  return floats;
}
