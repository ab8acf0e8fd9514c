/**
 * Groups a canonical program of primitives into few kernels.
 *
 * A group has a domain, the shape its loops run over, and at most one set of reduced axes.
 * - A `loops` group computes pointwise values over its domain (level `full`), reductions of them
 *   over the reduced axes, pointwise values of the reduced shape (level `kept`), and again full
 *   values that use those: BatchNorm or a softmax, forward or backward, is one group.
 * - A `matmul` group is a matrix product with its epilogue: full values computed on the tile
 *   while it is in registers, column sums, and kept values of those.
 *
 * Greedy, in graph order: a value joins the newest group of its inputs that it may join. What is
 * cheap and has no input from memory (constants, indices, random bits and functions of them) is
 * computed again in each group that needs it: a dropout mask is never stored.
 */
import { GraphError } from "../base/errors.ts";
import { sameShape, stridesOf } from "../base/shape.ts";
import { isOp, programRoots, programValues, type Program, type Value } from "../graph/value.ts";
import { matmulOp } from "../graph/ops/matmul.ts";
import { padOp } from "../graph/ops/pad.ts";
import type { ReduceAttrs } from "../graph/ops/reduction.ts";
import { accessOf, hardViews, isDense, strippedShape, strippedStrides, type Access } from "./access.ts";

/** `full`: a value per element of the domain. `kept`: one per element of the domain without the reduced axes. */
export type Level = "full" | "kept";

interface GroupBase {
  /** In graph order. */
  readonly nodes: Value[];
  readonly levels: Map<Value, Level>;
  /** Sizes of the loops; axes of size 1 are left out. */
  readonly domain: readonly number[];
  /** Axes of the domain that are summed over; null while nothing is. */
  reduced: readonly number[] | null;
  /** Groups whose results this one reads. */
  readonly dependencies: Set<Group>;
}

export interface LoopGroup extends GroupBase {
  readonly kind: "loops";
}

export interface MatmulGroup extends GroupBase {
  readonly kind: "matmul";
  /** The first node. */
  readonly product: Value;
}

/** A kernel of its own: `gather` and `pad`. */
export interface SingleGroup extends GroupBase {
  readonly kind: "single";
}

export type Group = LoopGroup | MatmulGroup | SingleGroup;

export interface Fusion {
  readonly groups: readonly Group[];
  /** Where each computed value lives; what is not in it is computed where it is needed. */
  readonly groupOf: ReadonlyMap<Value, Group>;
}

export function fuse(program: Program): Fusion {
  const values = programValues(program);
  const hard = hardViews(values);
  const recomputed = recomputedValues(program, hard);
  const groups: Group[] = [];
  const groupOf = new Map<Value, Group>();
  for (const value of values) {
    const { kind } = value.op;
    const skipped = kind === "source" || recomputed.has(value) || (kind === "view" && !hard.has(value));
    if (skipped) continue;
    const reads = readsOf(value);
    const group = findGroup(value, reads, groups, groupOf) ?? startGroup(value, groups);
    for (const { root } of reads) {
      const producer = groupOf.get(root);
      if (producer !== undefined && producer !== group) group.dependencies.add(producer);
    }
    groupOf.set(value, group);
  }
  return { groups, groupOf };
}

/** The accesses of a computed value's operands; for a copied view, of what it views. */
export function readsOf(value: Value): Access[] {
  if (value.op.kind === "view" && accessOf(value).root !== value) return [accessOf(value)];
  return value.inputs.map(accessOf);
}

/** Pointwise functions of constants, indices and random bits alone, which readers compute in place. */
export function recomputedValues(program: Program, hard: ReadonlySet<Value>): Set<Value> {
  const values = programValues(program);
  const free = new Set<Value>();
  const isFree = (input: Value): boolean => {
    const { root } = accessOf(input);
    return FREE_SOURCES.has(root.op.name) || free.has(root);
  };
  for (const value of values) {
    if (value.op.kind === "pointwise" && value.inputs.every(isFree)) free.add(value);
  }
  // What a program returns, or somebody reads in another order, must lie in memory.
  for (const root of programRoots(program)) free.delete(accessOf(root).root);
  for (const value of values) {
    if (value.op.kind === "view" && !hard.has(value)) continue;
    const inPlace = value.op.kind === "pointwise" || value.op.kind === "reduce";
    readsOf(value).forEach((access, i) => {
      const input = value.inputs[i]!;
      if (!inPlace || !isDense(input.shape, access)) free.delete(access.root);
    });
  }
  return free;
}

const FREE_SOURCES: ReadonlySet<string> = new Set(["constant", "iota", "random-bits"]);

function reaches(from: Group, target: Group): boolean {
  const seen = new Set<Group>();
  const open = [from];
  for (let group = open.pop(); group !== undefined; group = open.pop()) {
    if (group === target) return true;
    if (seen.has(group)) continue;
    seen.add(group);
    open.push(...group.dependencies);
  }
  return false;
}

function findGroup(
  value: Value,
  reads: readonly Access[],
  groups: readonly Group[],
  groupOf: ReadonlyMap<Value, Group>,
): Group | null {
  const producers = new Set(reads.flatMap(({ root }) => groupOf.get(root) ?? []));
  const newestFirst = [...producers].sort((a, b) => groups.indexOf(b) - groups.indexOf(a));
  for (const group of newestFirst) {
    const cyclic = [...producers].some((other) => other !== group && reaches(other, group));
    if (cyclic || group.kind === "single") continue;
    if (join(group, value, reads, groupOf)) return group;
  }
  return null;
}

/** Adds `value` to `group` if it may run in its loops. */
function join(
  group: LoopGroup | MatmulGroup,
  value: Value,
  reads: readonly Access[],
  groupOf: ReadonlyMap<Value, Group>,
): boolean {
  if (value.op.kind === "reduce") return joinReduction(group, value, reads[0]!);
  if (value.op.kind !== "pointwise") return false;
  const shape = strippedShape(value.shape);
  const level = sameShape(shape, group.domain) ? "full" : "kept";
  if (level === "kept" && !sameShape(shape, keptSizes(group))) return false;
  for (const [i, access] of reads.entries()) {
    if (groupOf.get(access.root) !== group) continue;
    const strides = strippedStrides(value.inputs[i]!.shape, access.strides);
    const producer = group.levels.get(access.root)!;
    if (!matchesLoops(group, producer, level, strides, access.offset)) return false;
    // A tile is in registers only once: nothing full can wait for its column sums.
    if (group.kind === "matmul" && producer === "kept" && level === "full") return false;
  }
  group.nodes.push(value);
  group.levels.set(value, level);
  return true;
}

function joinReduction(group: LoopGroup | MatmulGroup, value: Value, access: Access): boolean {
  const [x] = value.inputs;
  const shape = strippedShape(x!.shape);
  if (group.levels.get(access.root) !== "full" || !sameShape(shape, group.domain)) return false;
  const strides = strippedStrides(x!.shape, access.strides);
  if (!matchesLoops(group, "full", "full", strides, access.offset)) return false;
  const axes = reducedAxes(value);
  if (group.reduced !== null && !sameShape(axes, group.reduced)) return false;
  if (group.kind === "matmul" && !sameShape(axes, [0])) return false;
  group.reduced = axes;
  group.nodes.push(value);
  group.levels.set(value, "kept");
  return true;
}

/** The reduced axes, counted without axes of size 1. */
export function reducedAxes(value: Value): number[] {
  const { axes } = value.attrs as unknown as ReduceAttrs;
  const { shape } = value.inputs[0]!;
  return axes.map((axis) => axis - shape.slice(0, axis).filter((size) => size === 1).length);
}

/** The domain's sizes without the reduced axes; empty unless something is reduced. */
export function keptSizes({ domain, reduced }: GroupBase): number[] {
  return reduced === null ? [-1] : domain.filter((_, axis) => !reduced.includes(axis));
}

/** Does a reader at `level` want exactly the element that the loops have at hand? */
function matchesLoops(
  group: GroupBase,
  producer: Level,
  level: Level,
  strides: readonly number[],
  offset: number,
): boolean {
  if (offset !== 0 || (producer === "full" && level === "kept")) return false;
  if (producer === "full") return sameShape(strides, stridesOf(group.domain));
  const kept = stridesOf(keptSizes(group));
  if (level === "kept") return sameShape(strides, kept);
  const reduced = group.reduced ?? [];
  let next = 0;
  const expected = group.domain.map((_, axis) => (reduced.includes(axis) ? 0 : kept[next++]!));
  return sameShape(strides, expected);
}

function startGroup(value: Value, groups: Group[]): Group {
  const group = newGroup(value);
  groups.push(group);
  return group;
}

function newGroup(value: Value): Group {
  const base = { nodes: [value], dependencies: new Set<Group>(), reduced: null };
  const full = new Map<Value, Level>([[value, "full"]]);
  if (isOp(value, matmulOp)) {
    return { ...base, kind: "matmul", product: value, levels: full, domain: value.shape };
  }
  switch (value.op.kind) {
    case "pointwise":
      return { ...base, kind: "loops", levels: full, domain: strippedShape(value.shape) };
    case "reduce":
      return {
        ...base,
        kind: "loops",
        levels: new Map<Value, Level>([[value, "kept"]]),
        domain: strippedShape(value.inputs[0]!.shape),
        reduced: reducedAxes(value),
      };
    case "view":
      return isOp(value, padOp)
        ? { ...base, kind: "single", levels: full, domain: value.shape }
        : { ...base, kind: "loops", levels: full, domain: strippedShape(value.shape) };
    case "gather":
      return { ...base, kind: "single", levels: full, domain: value.shape };
    default:
      throw new GraphError(`fuse: no kernel computes the op ${value.op.name}`);
  }
}
