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

/** The parameters as they are now. */
export function readParameters({ spans, size }: ParameterSpace, session: Session): Float64Array {
  const vector = new Float64Array(size);
  for (const { named, from } of spans) vector.set(session.read(named.slot), from);
  return vector;
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

/** into ← into + share · what the program's outputs `<prefix>/<path>` hold. */
export function addVector(
  { spans }: ParameterSpace,
  { executable, prefix }: VectorPlace,
  share: number,
  into: Float64Array,
): void {
  for (const { path, from } of spans) {
    const values = executable.output(`${prefix}/${path}`);
    for (let i = 0; i < values.length; i++) into[from + i]! += share * values[i]!;
  }
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
