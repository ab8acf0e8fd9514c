/**
 * Orders the groups and decides where each computed value lives.
 *
 * A value that another group reads, that a program returns or that needs saving between two
 * passes of its own group gets memory. A value written to a slot is computed right into the slot
 * where nobody needs the slot's old content afterwards; else it is copied there at the end.
 */
import { GraphError } from "../base/errors.ts";
import {
  apply,
  attrsOf,
  isOp,
  programRoots,
  type Program,
  type Slot,
  type Value,
} from "../graph/value.ts";
import { stateOp } from "../graph/ops/state.ts";
import { accessOf, isDense, strippedShape } from "./access.ts";
import { copyOp } from "./canonicalize.ts";
import { readsThrough, type Fusion, type Group, type Level } from "./groups.ts";
import { EXPENSIVE_OPS } from "./recompute.ts";

type Storage =
  | { readonly kind: "slot"; readonly slot: Slot }
  | { readonly kind: "output"; readonly name: string }
  | { readonly kind: "temporary" };

export interface Schedule {
  readonly groups: readonly Group[];
  readonly storage: ReadonlyMap<Value, Storage>;
}

export function schedule(program: Program, { groups, groupOf }: Fusion): Schedule {
  const storage = new Map<Value, Storage>();
  for (const [name, value] of Object.entries(program.outputs)) {
    storage.set(accessOf(value).root, { kind: "output", name });
  }
  const all = [...groups];
  const before = new Map<Group, Set<Group>>(
    groups.map((group) => [group, new Set(group.dependencies)]),
  );
  const readers = slotReaders(groups);
  for (const { slot, value } of program.writes) {
    const { root } = accessOf(value);
    const writer = groupOf.get(root);
    if (writer === undefined) {
      throw new GraphError(`schedule: ${slot.name} is written but not computed`);
    }
    const others = (readers.get(slot) ?? []).filter((group) => group !== writer);
    const inPlace =
      !storage.has(root) &&
      readsAreSafe(writer, root, slot) &&
      !others.some((group) => dependsOn(group, writer, before));
    const last = inPlace ? writer : copyAtEnd(root, writer, storage, all, before);
    storage.set(inPlace ? root : last.nodes[0]!, { kind: "slot", slot });
    for (const group of inPlace ? others : (readers.get(slot) ?? [])) before.get(last)!.add(group);
  }
  for (const value of valuesInMemory(all, groupOf, program)) {
    if (!storage.has(value)) storage.set(value, { kind: "temporary" });
  }
  // A group all of whose values are recomputed by their readers has nothing left to do.
  const working = inOrder(all, before).filter(({ nodes }) =>
    nodes.some((node) => storage.has(node)),
  );
  return { groups: working, storage };
}

/** Which groups read each slot's old content. */
function slotReaders(groups: readonly Group[]): Map<Slot, Group[]> {
  const readers = new Map<Slot, Group[]>();
  for (const group of groups) {
    const slots = new Set(
      group.nodes.flatMap((node) =>
        readsThrough(group, node).flatMap(({ access: { root } }) =>
          isOp(root, stateOp) ? [attrsOf(root, stateOp).slot] : [],
        ),
      ),
    );
    for (const slot of slots) readers.set(slot, [...(readers.get(slot) ?? []), group]);
  }
  return readers;
}

/** May `root` overwrite the slot while its own group runs: is each old element read just before? */
function readsAreSafe(group: Group, root: Value, slot: Slot): boolean {
  const phases = phasesOf(group);
  const level = group.levels.get(root)!;
  const last = Math.max(...phases.values());
  return group.nodes.every((node) =>
    readsThrough(group, node).every(({ access, shape }) => {
      if (!isOp(access.root, stateOp) || attrsOf(access.root, stateOp).slot !== slot) return true;
      if (node.op.kind !== "pointwise" && node.op.kind !== "reduce") return false;
      if (!isDense(shape, access) || levelOfReader(group, node) !== level) return false;
      const [reading, writing] = [phases.get(node)!, phases.get(root)!];
      return level === "kept" ? reading <= writing : reading === last && writing === last;
    }),
  );
}

/** A reduction reads at the level of its input. */
function levelOfReader(group: Group, node: Value): Level {
  return node.op.kind === "reduce" ? "full" : group.levels.get(node)!;
}

/**
 * How many reductions of the group must be complete before a node can be computed. A reduction
 * itself counts as complete one phase after its input.
 */
export function phasesOf(group: Group): Map<Value, number> {
  const phases = new Map<Value, number>();
  for (const node of group.nodes) {
    const own = Math.max(
      0,
      ...readsThrough(group, node).map(({ access }) => phases.get(access.root) ?? 0),
    );
    phases.set(node, node.op.kind === "reduce" ? own + 1 : own);
  }
  return phases;
}

function dependsOn(
  group: Group,
  target: Group,
  before: ReadonlyMap<Group, ReadonlySet<Group>>,
): boolean {
  const seen = new Set<Group>();
  const open = [group];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === target) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    open.push(...before.get(next)!);
  }
  return false;
}

function copyAtEnd(
  root: Value,
  writer: Group,
  storage: Map<Value, Storage>,
  all: Group[],
  before: Map<Group, Set<Group>>,
): Group {
  if (!storage.has(root)) storage.set(root, { kind: "temporary" });
  const copy = apply(copyOp, [root], {});
  const group: Group = {
    kind: "loops",
    nodes: [copy],
    levels: new Map<Value, Level>([[copy, "full"]]),
    domain: strippedShape(copy.shape),
    reduced: null,
    dependencies: new Set([writer]),
    recomputed: writer.recomputed,
  };
  all.push(group);
  before.set(group, new Set([writer]));
  return group;
}

function valuesInMemory(
  groups: readonly Group[],
  groupOf: ReadonlyMap<Value, Group>,
  program: Program,
): Set<Value> {
  const needed = new Set<Value>(programRoots(program).map((value) => accessOf(value).root));
  for (const group of groups) {
    const phases = phasesOf(group);
    const costly = costlyValues(group);
    for (const node of group.nodes) {
      const readIn = phases.get(node)! - (node.op.kind === "reduce" ? 1 : 0);
      for (const { access } of readsThrough(group, node)) {
        const { root } = access;
        const producer = groupOf.get(root);
        if (producer === undefined) continue;
        const again = group.levels.get(root) === "full" && readIn > phases.get(root)!;
        if (producer !== group || (again && costly.has(root))) needed.add(root);
      }
    }
  }
  return needed;
}

/** Full values worth a store and a load rather than a second computation in a later pass. */
function costlyValues(group: Group): Set<Value> {
  const costly = new Set<Value>();
  for (const node of group.nodes) {
    const inherited = readsThrough(group, node).some(({ access }) => costly.has(access.root));
    const slow = inherited || EXPENSIVE_OPS.has(node.op.name);
    if (group.levels.get(node) === "full" && slow) costly.add(node);
  }
  return costly;
}

function inOrder(
  groups: readonly Group[],
  before: ReadonlyMap<Group, ReadonlySet<Group>>,
): Group[] {
  const done = new Set<Group>();
  const order: Group[] = [];
  const visit = (group: Group): void => {
    if (done.has(group)) return;
    done.add(group);
    for (const earlier of before.get(group)!) visit(earlier);
    order.push(group);
  };
  for (const group of groups) visit(group);
  return order;
}
