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

/** PyTorch's words for the members of modules without a `weight`: normalizers and embeddings. */
const NORMALIZER_NAMES: Readonly<Record<string, string>> = {
  scale: "weight",
  shift: "bias",
  mean: "running_mean",
  variance: "running_var",
  steps: "num_batches_tracked",
  table: "weight",
};

/** The same for layers that make their weight of others. */
const WEIGHT_NORM_NAMES: Readonly<Record<string, string>> = {
  weight: "weight_v",
  gain: "weight_g",
};
const SPECTRAL_NORM_NAMES: Readonly<Record<string, string>> = {
  weight: "weight_orig",
  left: "weight_u",
  right: "weight_v",
};

/**
 * How each member of a model is called and laid out in PyTorch.
 *
 * A weight [...window, in, out] is [out, in, ...window] there. PyTorch flattens feature maps with
 * channels first, so what comes after a `flatten` of [N, H, W, C] numbers its features in another
 * order: the rows of a dense layer, the channels of a normalization. Scale and shift of whole
 * feature maps [H, W, C] are [C, H, W] there.
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
    const torchName = owner === undefined ? undefined : namesIn(owner)[name];
    const torchPath = (place === "" ? "" : `${place}.`) + (torchName ?? name);
    return {
      path,
      torchPath,
      shape: member.shape,
      ...layoutOf({ name, member, owner, image, path }),
    };
  });
}

function namesIn(owner: Owner): Readonly<Record<string, string>> {
  if (!("weight" in owner)) return NORMALIZER_NAMES;
  if ("gain" in owner) return WEIGHT_NORM_NAMES;
  return "left" in owner && "right" in owner ? SPECTRAL_NORM_NAMES : {};
}

interface Place {
  readonly path: string;
  readonly name: string;
  readonly member: Member;
  readonly owner: Owner | undefined;
  /** The feature map whose flattening the layer sees. */
  readonly image: Shape | null;
}

type Layout = Pick<TorchEntry, "torchShape" | "order">;

function layoutOf({ path, name, member: { shape }, owner, image }: Place): Layout {
  if (owner?.weight !== undefined) {
    const window = owner.weight.shape.slice(0, -2);
    if (name === "weight" && shape.length >= 2) return weightLayout(shape, image, path);
    if (name === "gain") {
      return { ...asIs(shape), torchShape: [...shape, ...window.map(() => 1), 1] };
    }
    if (name === "right") {
      const incoming = image ?? owner.weight.shape.slice(0, -1);
      const rank = incoming.length - 1;
      const axes = [rank, ...Array.from({ length: rank }, (_, axis) => axis)];
      return { torchShape: shape, order: permuted(incoming, axes) };
    }
    return asIs(shape);
  }
  if (image !== null && owner !== undefined && "groups" in owner) {
    throw new OptionError(
      `torch: groups of flattened features are others in PyTorch, got "${owner.label}" behind flatten`,
    );
  }
  // Normalization of whole feature maps: [H, W, C] here, [C, H, W] there.
  if (shape.length === 3) {
    return { torchShape: [shape[2]!, shape[0]!, shape[1]!], order: permuted(shape, [2, 0, 1]) };
  }
  return { torchShape: shape, order: vectorOrder(shape, image, path) };
}

function asIs(shape: Shape): Layout {
  return { torchShape: shape, order: Uint32Array.from({ length: sizeOf(shape) }, (_, i) => i) };
}

type Owner = Module & { readonly weight?: { readonly shape: Shape } };

/** The module that each member is a property of. */
function ownersOf({ modulePaths, members }: MemberTree): ReadonlyMap<Member, Owner> {
  const known = new Set<Member>(members.map(({ member }: NamedMember) => member));
  const owners = new Map<Member, Owner>();
  for (const module of modulePaths.keys()) {
    for (const value of Object.values(module) as unknown[]) {
      const member = value as Member;
      if (known.has(member) && !owners.has(member)) owners.set(member, module);
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
function weightLayout(shape: Shape, image: Shape | null, path: string): Layout {
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
  if (image === null || shape.length !== 1) return asIs(shape).order;
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
