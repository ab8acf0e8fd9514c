/**
 * Which values are computed again by every kernel that reads them, instead of being stored once.
 * Arithmetic in registers is nearly free beside a pass over memory.
 */
import { sameShape, sizeOf } from "../base/shape.ts";
import { programRoots, programValues, type Program, type Value } from "../graph/value.ts";
import { accessOf, isDense, strippedShape } from "./access.ts";
import { readsOf, readsThrough, type Fusion, type Group } from "./groups.ts";

const FREE_SOURCES: ReadonlySet<string> = new Set(["constant", "iota", "random-bits"]);

/** Ops that take a dozen instructions or a slow one. */
export const EXPENSIVE_OPS: ReadonlySet<string> = new Set([
  "exp",
  "log",
  "tanh",
  "sigmoid",
  "div",
  "sqrt",
  "rsqrt",
]);

/** Most operations that one value is worth repeating. */
const MOST_OPERATIONS = 4;

/**
 * Pointwise functions of constants, indices, random bits and repeated inputs alone: dropout masks,
 * one-hot labels. They have no producer whose loops they could join. Neither have functions of
 * inputs and states; with one reader (0.9 · the old running mean) they are left to that.
 */
export function freeValues(program: Program, hard: ReadonlySet<Value>): Set<Value> {
  const values = programValues(program);
  const roots = new Set(programRoots(program).map((value) => accessOf(value).root));
  const scattered = scatteredValues(values, hard);
  const readers = countReaders(values, hard);
  const free = new Set<Value>();
  for (const value of values) {
    if (value.op.kind !== "pointwise" || roots.has(value) || scattered.has(value)) continue;
    const isFree = (input: Value): boolean => {
      const { root } = accessOf(input);
      const repeated = root.op.name === "input" && sizeOf(root.shape) < sizeOf(value.shape);
      const single = root.op.kind === "source" && readers.get(value) === 1;
      return FREE_SOURCES.has(root.op.name) || free.has(root) || repeated || single;
    };
    if (value.inputs.every(isFree)) free.add(value);
  }
  return free;
}

function countReaders(values: readonly Value[], hard: ReadonlySet<Value>): Map<Value, number> {
  const readers = new Map<Value, number>();
  for (const value of values) {
    if (value.op.kind === "view" && !hard.has(value)) continue;
    for (const { root } of readsOf(value)) readers.set(root, (readers.get(root) ?? 0) + 1);
  }
  return readers;
}

/** Values that somebody reads in another order than they are computed in, or all at once. */
function scatteredValues(values: readonly Value[], hard: ReadonlySet<Value>): Set<Value> {
  const scattered = new Set<Value>();
  for (const value of values) {
    if (value.op.kind === "view" && !hard.has(value)) continue;
    const inPlace = value.op.kind === "pointwise" || value.op.kind === "reduce";
    readsOf(value).forEach((access, i) => {
      const { shape } = value.inputs[i]!;
      const alike = sameShape(strippedShape(shape), strippedShape(access.root.shape));
      if (!inPlace || !alike || !isDense(shape, access)) scattered.add(access.root);
    });
  }
  return scattered;
}

/**
 * Grouped values that other groups better compute again: a few cheap operations on values that
 * lie in memory anyway, of which at most one is as large as the result. The normalized input of
 * BatchNorm and the slope of a sigmoid, both wanted again by the backward pass, are such.
 */
export function cheapValues(program: Program, { groups, groupOf }: Fusion): Value[] {
  const values = programValues(program);
  const hard = new Set(values.filter((value) => value.op.kind === "view" && groupOf.has(value)));
  const roots = new Set(programRoots(program).map((value) => accessOf(value).root));
  const scattered = scatteredValues(values, hard);
  const operations = new Map<Value, number>();
  const cones = new Map<Value, ReadonlySet<Value>>();
  const isCheap = (node: Value, group: Group): boolean => {
    const pointwise = node.op.kind === "pointwise" && !EXPENSIVE_OPS.has(node.op.name);
    if (!pointwise || roots.has(node) || scattered.has(node)) return false;
    const reads = readsThrough({ ...group, levels: new Map() }, node);
    const leaves = new Set<Value>();
    let count = 1;
    for (const { access } of reads) {
      const inner = cones.get(access.root);
      count += operations.get(access.root) ?? 0;
      for (const leaf of inner ?? [access.root]) {
        if (!FREE_SOURCES.has(leaf.op.name)) leaves.add(leaf);
      }
    }
    const large = [...leaves].filter(
      (leaf) => sizeOf(leaf.shape) >= sizeOf(node.shape) && sizeOf(leaf.shape) > 1,
    );
    const stays = (leaf: Value): boolean =>
      leaf.op.name === "input" ||
      roots.has(leaf) ||
      scattered.has(leaf) ||
      groupOf.get(leaf) !== group;
    const usable = [...leaves].every((leaf) => leaf.op.name !== "state");
    if (count > MOST_OPERATIONS || large.length > 1 || !usable || !large.every(stays)) return false;
    operations.set(node, count);
    cones.set(node, leaves);
    return true;
  };
  return groups.flatMap((group) =>
    group.nodes.filter((node) => group.levels.get(node) === "full" && isCheap(node, group)),
  );
}
