import { DataError, OptionError } from "../base/errors.ts";
import { streamKey } from "../base/random.ts";
import { sameShape, showShape, sizeOf, type DType, type Shape } from "../base/shape.ts";
import type { Member, Module, NamedMember } from "./module.ts";
import { memberTree } from "./member-tree.ts";

/** One named tensor outside any backend: dense, row-major. */
export interface Tensor {
  readonly shape: Shape;
  readonly dtype: Exclude<DType, "bool">;
  readonly data: Float32Array | Int32Array | Uint32Array;
}

/** Parameters and running statistics by path. */
export type Weights = ReadonlyMap<string, Tensor>;

/**
 * First values of everything `model` holds, a function of the seed alone.
 *
 * Streams: the k-th member of one name and shape draws from `init/<name>/<shape>/<k>`, not from
 * its path, so two models with the same linear layers start alike even if one of them has
 * normalization or dropout in between: that is what makes seeds comparable between them.
 * Errors:  OptionError unless seed is an integer in [0, 2⁵³), or an initializer fills wrongly.
 */
export function initialize(model: Module, seed: number): Weights {
  checkSeed(seed, "initialize");
  return initializeMembers(memberTree(model).members, seed);
}

export function initializeMembers(members: readonly NamedMember[], seed: number): Weights {
  const counts = new Map<string, number>();
  return new Map(
    members.map(({ path, member }) => {
      const name = path.slice(path.lastIndexOf(".") + 1);
      const kind = `${name}/${member.shape.join("x")}`;
      const count = counts.get(kind) ?? 0;
      counts.set(kind, count + 1);
      return [path, firstValue(member, path, streamKey(seed, `init/${kind}/${count}`))];
    }),
  );
}

function firstValue(member: Member, path: string, key: readonly [number, number]): Tensor {
  const { shape } = member;
  const data = member.initialize(shape, key);
  if (!(data instanceof Float32Array) || data.length !== sizeOf(shape)) {
    throw new OptionError(
      `initialize: the initializer of "${path}" must return a Float32Array of ${sizeOf(shape)} values, got ${data?.length}`,
    );
  }
  return { shape, dtype: "f32", data };
}

export function checkSeed(seed: number, who: string): void {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new OptionError(`${who}: seed must be an integer in [0, 2^53), got ${seed}`);
  }
}

/** What weights are to fit into: `NamedMember`s, and optimizer buffers too. */
export interface ExpectedTensor {
  readonly path: string;
  readonly slot: { readonly shape: Shape; readonly dtype: DType };
}

/** Throws DataError listing every name that is missing, unexpected or of another shape. */
export function checkWeights(
  expected: readonly ExpectedTensor[],
  weights: Weights,
  who: string,
): void {
  const problems: string[] = [];
  const missing = expected.filter(({ path }) => !weights.has(path)).map(({ path }) => path);
  const known = new Set(expected.map(({ path }) => path));
  const unexpected = [...weights.keys()].filter((path) => !known.has(path));
  if (missing.length > 0) problems.push(`missing ${listed(missing)}`);
  if (unexpected.length > 0) problems.push(`unexpected ${listed(unexpected)}`);
  for (const { path, slot } of expected) {
    const tensor = weights.get(path);
    if (tensor === undefined) continue;
    if (!sameShape(tensor.shape, slot.shape) || tensor.dtype !== slot.dtype) {
      problems.push(
        `"${path}" is ${tensor.dtype} ${showShape(tensor.shape)}, expected ${slot.dtype} ${showShape(slot.shape)}`,
      );
    } else if (tensor.data.length !== sizeOf(slot.shape)) {
      problems.push(`"${path}" has ${tensor.data.length} values, expected ${sizeOf(slot.shape)}`);
    }
  }
  if (problems.length > 0) {
    throw new DataError(`${who}: weights must fit the model, got ${problems.join("; ")}`);
  }
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 10).map((name) => `"${name}"`);
  const rest = names.length - shown.length;
  return shown.join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}
