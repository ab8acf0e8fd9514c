import { OptionError, ShapeError } from "../base/errors.ts";
import { showShape, sizeOf, stridesOf, type Shape } from "../base/shape.ts";
import { input } from "../graph/ops/input.ts";
import type { Value } from "../graph/value.ts";
import type { Member, Module, NamedMember } from "./module.ts";
import type { MemberTree } from "./member-tree.ts";
import { trace, type Observation } from "./trace.ts";

/** One tensor in both worlds. */
export interface TorchEntry {
  readonly path: string;
  /** PyTorch's name, without regard to how modules are called there. */
  readonly torchPath: string;
  readonly shape: Shape;
  readonly torchShape: Shape;
  /** Element i of PyTorch's tensor, row-major, is element order[i] of ours. */
  readonly order: Uint32Array;
}

/** Names of the members of modules without a `weight`, normalizers and embeddings, in PyTorch's words. */
const NORMALIZER_NAMES: Readonly<Record<string, string>> = {
  scale: "weight",
  shift: "bias",
  mean: "running_mean",
  variance: "running_var",
  steps: "num_batches_tracked",
  table: "weight",
};

/**
 * How each member of a model is called and laid out in PyTorch.
 *
 * A weight [...window, in, out] is [out, in, ...window] there. PyTorch flattens feature maps with
 * channels first, so what comes after a `flatten` of [N, H, W, C] numbers its features in another
 * order: the rows of a dense layer, the channels of a normalization.
 *
 * Errors: ShapeError if inputs of this shape do not fit the model; OptionError where branches come
 *         between a flattened feature map and a layer, whose layout no rule here knows.
 */
export function torchEntries(model: Module, tree: MemberTree, inputShape: Shape): TorchEntry[] {
  const x = input("x", [1, ...inputShape]);
  const { observations } = trace(model, x, { phase: "eval", tree });
  const owners = ownersOf(tree);
  return tree.members.map(({ path, member }) => {
    const owner = owners.get(member);
    const [place, name] = splitPath(path);
    const image = owner === undefined ? null : flattenedImage(owner, observations);
    const normalizer = owner !== undefined && !("weight" in owner);
    const weightNormed = owner !== undefined && "gain" in owner && "inner" in owner;
    const torchName = weightNormed
      ? { weight: "weight_v", gain: "weight_g" }[name]
      : normalizer
        ? NORMALIZER_NAMES[name]
        : undefined;
    const torchPath = (place === "" ? "" : `${place}.`) + (torchName ?? name);
    const { shape } = member;
    const isWeight = !normalizer && name === "weight" && shape.length >= 2;
    if (isWeight) return { path, torchPath, shape, ...weightLayout(shape, image, path) };
    const order = vectorOrder(shape, normalizer ? image : null, path);
    const window = weightNormed && name === "gain" ? owner.weight.shape.length - 1 : 0;
    return { path, torchPath, shape, torchShape: [...shape, ...ones(window)], order };
  });
}

type Owner = Module & { readonly weight: { readonly shape: Shape } };

/** The module that each member is a property of. */
function ownersOf({ modulePaths, members }: MemberTree): ReadonlyMap<Member, Owner> {
  const known = new Set<Member>(members.map(({ member }: NamedMember) => member));
  const owners = new Map<Member, Owner>();
  for (const module of modulePaths.keys()) {
    for (const value of Object.values(module) as unknown[]) {
      const member = value as Member;
      if (known.has(member) && !owners.has(member)) owners.set(member, module as Owner);
    }
  }
  return owners;
}

function splitPath(path: string): [place: string, name: string] {
  const dot = path.lastIndexOf(".");
  return [path.slice(0, Math.max(0, dot)), path.slice(dot + 1)];
}

/**
 * The [H, W, C] whose flattening reaches a module's input, with nothing in between that mixes
 * features; null if there is none.
 */
function flattenedImage(owner: Module, observations: readonly Observation[]): Shape | null {
  const producers = new Map<Value, Observation>();
  for (const observation of observations) {
    const { output } = observation;
    // Inner modules come first: the innermost producer says most.
    if (!producers.has(output)) producers.set(output, observation);
  }
  let value = observations.find(({ module }) => module === owner)?.input;
  let mixed: string | null = null;
  while (value !== undefined) {
    const producer = producers.get(value);
    if (producer === undefined) return null;
    const { label, input: before, output, module, path } = producer;
    if (label === "flatten") {
      if (before.shape.length !== 4) return null;
      if (mixed === null) return before.shape.slice(1);
      throw new OptionError(
        `torch: flattened features must come straight to "${owner.label}", got ${mixed} in between`,
      );
    }
    if (observations.some((other) => other.path.startsWith(`${path}.`))) mixed = label;
    const keepsOrder = before.shape.length === 2 && sizeOf(before.shape) === sizeOf(output.shape);
    if (!keepsOrder || "weight" in module) return null;
    value = before;
  }
  return null;
}

/** [...window, in, out] as PyTorch's [out, in, ...window]. */
function weightLayout(
  shape: Shape,
  image: Shape | null,
  path: string,
): Pick<TorchEntry, "torchShape" | "order"> {
  const rank = shape.length;
  const axes = [rank - 1, rank - 2, ...Array.from({ length: rank - 2 }, (_, axis) => axis)];
  const torchShape = axes.map((axis) => shape[axis]!);
  if (image === null || rank !== 2) return { torchShape, order: permuted(shape, axes) };
  const [rows, columns] = shape as [number, number];
  const feature = vectorOrder([rows], image, path);
  const order = Uint32Array.from(
    { length: rows * columns },
    (_, i) => feature[i % rows]! * columns + Math.floor(i / rows),
  );
  return { torchShape, order };
}

/** Feature [C, H, W] there is feature [H, W, C] here; without an image they are the same. */
function vectorOrder(shape: Shape, image: Shape | null, path: string): Uint32Array {
  const size = sizeOf(shape);
  if (image === null || shape.length !== 1) return Uint32Array.from({ length: size }, (_, i) => i);
  if (size === sizeOf(image)) return permuted(image, [2, 0, 1]);
  throw new ShapeError(
    `torch: "${path}" must have a number per feature of ${showShape(image)}, got ${showShape(shape)}`,
  );
}

/** For each element of the permuted tensor, in its own row-major order, where it was. */
function permuted(shape: Shape, axes: readonly number[]): Uint32Array {
  const strides = stridesOf(shape);
  const into = axes.map((axis) => shape[axis]!);
  const steps = stridesOf(into);
  return Uint32Array.from({ length: sizeOf(shape) }, (_, i) =>
    axes.reduce((at, axis, k) => at + (Math.floor(i / steps[k]!) % into[k]!) * strides[axis]!, 0),
  );
}

function ones(count: number): number[] {
  return new Array<number>(count).fill(1);
}
