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
 * cheap to compute is computed again in each group that needs it (`recompute.ts`): a dropout mask
 * is never stored.
 */
import { GraphError } from "../base/errors.ts";
import { sameShape, stridesOf, type Shape } from "../base/shape.ts";
import { isOp, programValues, type Program, type Value } from "../graph/value.ts";
import { sumOp } from "../graph/ops/broadcast.ts";
import { padOp } from "../graph/ops/pad.ts";
import { hardViews, strippedShape, strippedStrides } from "./access.ts";
import {
  keptSizes,
  readsThrough,
  reducedAxes,
  type Fusion,
  type Group,
  type GroupBase,
  type Level,
  type LoopGroup,
  type MatmulGroup,
  type Read,
} from "./groups.ts";
import { cheapValues, freeValues } from "./recompute.ts";

export function fuse(program: Program): Fusion {
  const values = programValues(program);
  const hard = hardViews(values);
  const recomputed = freeValues(program, hard);
  const free = new Set(recomputed);
  const groups: Group[] = [];
  const groupOf = new Map<Value, Group>();
  for (const value of values) {
    const { kind } = value.op;
    const skipped = kind === "source" || free.has(value) || (kind === "view" && !hard.has(value));
    if (skipped) continue;
    const group = findGroup(value, groups, groupOf, recomputed) ?? newGroup(value, recomputed);
    if (!groups.includes(group)) groups.push(group);
    groupOf.set(value, group);
    addDependencies(group, value, groupOf);
  }
  for (const value of cheapValues(program, { groups, groupOf })) recomputed.add(value);
  for (const group of groups) {
    group.dependencies.clear();
    for (const node of group.nodes) addDependencies(group, node, groupOf);
  }
  return { groups, groupOf };
}

function addDependencies(group: Group, node: Value, groupOf: ReadonlyMap<Value, Group>): void {
  for (const { access } of readsThrough(group, node)) {
    const producer = groupOf.get(access.root);
    if (producer !== undefined && producer !== group) group.dependencies.add(producer);
  }
}

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
  groups: readonly Group[],
  groupOf: ReadonlyMap<Value, Group>,
  recomputed: ReadonlySet<Value>,
): Group | null {
  const reads = readsThrough({ recomputed, levels: new Map() }, value);
  const producers = new Set(reads.flatMap(({ access }) => groupOf.get(access.root) ?? []));
  const newestFirst = [...producers].toSorted((a, b) => groups.indexOf(b) - groups.indexOf(a));
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
  reads: readonly Read[],
  groupOf: ReadonlyMap<Value, Group>,
): boolean {
  if (value.op.kind === "reduce") return joinReduction(group, value, reads);
  if (value.op.kind !== "pointwise") return false;
  const shape = strippedShape(value.shape);
  const level = sameShape(shape, group.domain) ? "full" : "kept";
  if (level === "kept" && !sameShape(shape, keptSizes(group))) return false;
  for (const { access, shape: operand } of reads) {
    if (groupOf.get(access.root) !== group) continue;
    const strides = strippedStrides(operand, access.strides);
    const producer = group.levels.get(access.root)!;
    if (!matchesLoops(group, producer, level, strides, access.offset)) return false;
    // A tile is in registers only once: nothing full can wait for its column sums.
    if (group.kind === "matmul" && producer === "kept" && level === "full") return false;
  }
  group.nodes.push(value);
  group.levels.set(value, level);
  return true;
}

function joinReduction(
  group: LoopGroup | MatmulGroup,
  value: Value,
  reads: readonly Read[],
): boolean {
  if (!sameShape(strippedShape(value.inputs[0]!.shape), group.domain)) return false;
  for (const { access, shape } of reads) {
    const producer = group.levels.get(access.root);
    if (producer === undefined) continue;
    const strides = strippedStrides(shape, access.strides);
    if (!matchesLoops(group, producer, "full", strides, access.offset)) return false;
    if (group.kind === "matmul" && producer === "kept") return false;
  }
  const axes = reducedAxes(value);
  if (group.reduced !== null && !sameShape(axes, group.reduced)) return false;
  // Column sums, over all rows: an epilogue adds up and can do nothing else.
  if (group.kind === "matmul" && !isOp(value, sumOp)) return false;
  if (group.kind === "matmul" && axes.length !== group.domain.length - 1) return false;
  if (group.kind === "matmul" && axes.includes(group.domain.length - 1)) return false;
  group.reduced = axes;
  group.nodes.push(value);
  group.levels.set(value, "kept");
  return true;
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

/** The columns are always the last axis; a product with one column keeps to itself. */
function productDomain({ shape }: Value): Shape {
  return shape.at(-1) === 1 ? shape : strippedShape(shape);
}

function newGroup(value: Value, recomputed: ReadonlySet<Value>): Group {
  const base = { nodes: [value], dependencies: new Set<Group>(), reduced: null, recomputed };
  const full = new Map<Value, Level>([[value, "full"]]);
  if (value.op.kind === "contract") {
    return { ...base, kind: "matmul", product: value, levels: full, domain: productDomain(value) };
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
