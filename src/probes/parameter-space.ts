/** Parameters, gradients and directions as vectors: all numbers of a model one after the other. */
import { sizeOf } from "../base/shape.ts";
import type { NamedMember } from "../nn/index.ts";
import type { Executable, Session } from "../run/backend.ts";

/** One parameter and its place in a vector. */
export interface ParameterSpan {
  readonly path: string;
  readonly named: NamedMember;
  readonly from: number;
  readonly to: number;
}

/** All parameters that the loss depends on, in the model's order. */
export interface ParameterSpace {
  readonly spans: readonly ParameterSpan[];
  /** Numbers in a vector. */
  readonly size: number;
}

export function parameterSpace(parameters: readonly NamedMember[]): ParameterSpace {
  let size = 0;
  const spans = parameters.map((named) => {
    const from = size;
    size += sizeOf(named.slot.shape);
    return { path: named.path, named, from, to: size };
  });
  return { spans, size };
}

/** into ← the parameters as they are now. */
export function readParameters(
  { spans }: ParameterSpace,
  session: Session,
  into: Float64Array,
): Float64Array {
  for (const { named, from } of spans) into.set(session.read(named.slot), from);
  return into;
}

/** Fills the inputs `<prefix>/<path>` of a program. */
export function writeVector(
  { spans }: ParameterSpace,
  { executable, prefix }: VectorPlace,
  vector: Float64Array,
): void {
  for (const { path, from, to } of spans) {
    executable.input(`${prefix}/${path}`).set(vector.subarray(from, to));
  }
}

/**
 * into ← into + share · what the program's outputs `<prefix>/<path>` hold; with a share of 1, what
 * they hold itself.
 */
export function addVector(
  { spans }: ParameterSpace,
  { executable, prefix }: VectorPlace,
  share: number,
  into: Float64Array,
): void {
  for (const { path, from } of spans) {
    const values = executable.output(`${prefix}/${path}`);
    if (share === 1) into.set(values, from);
    else addScaled(into, { values, from, share });
  }
}

function addScaled(
  into: Float64Array,
  {
    values,
    from,
    share,
  }: { readonly values: ArrayLike<number>; readonly from: number; readonly share: number },
): void {
  for (let i = 0; i < values.length; i++) into[from + i]! += share * values[i]!;
}

/** vector · factor; a loop, since `map` takes twenty times as long. */
export function scaled(vector: Float64Array, factor: number): Float64Array {
  const result = new Float64Array(vector.length);
  for (let i = 0; i < vector.length; i++) result[i] = vector[i]! * factor;
  return result;
}

export interface VectorPlace {
  readonly executable: Executable;
  readonly prefix: string;
}

/** Σ a · b over [from, to). */
export function dot(
  a: Float64Array,
  b: Float64Array,
  { from = 0, to = a.length }: { readonly from?: number; readonly to?: number } = {},
): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += a[i]! * b[i]!;
  return sum;
}
