/** Fused groups and memory plans as text. */
import { showShape } from "../base/shape.ts";
import type { Value } from "../graph/value.ts";
import type { Kernel } from "../loops/ir.ts";
import { readsOf, type Group } from "./groups.ts";
import { buffersOf, type MemoryPlan } from "./plan-memory.ts";
import type { Schedule } from "./schedule.ts";

/**
 * One block per kernel: its loops, then a line per value. `*` marks what goes to memory, `|` what
 * is computed once per element of the reduced shape.
 */
export function printFusion({ groups, storage }: Schedule): string {
  const names = new Map<Value, string>();
  const nameOf = (value: Value): string => {
    const known = names.get(value);
    if (known !== undefined) return known;
    const leaf = value.op.kind === "source" ? leafName(value) : `%${names.size}`;
    names.set(value, leaf);
    return leaf;
  };
  for (const group of groups) for (const node of group.nodes) nameOf(node);
  return groups.map((group, i) => printGroup(group, i, nameOf, storage)).join("\n");
}

function leafName({ op, attrs }: Value): string {
  if (op.name === "constant") return String(attrs["value"]);
  if (op.name === "state") return (attrs["slot"] as { readonly name: string }).name;
  return typeof attrs["name"] === "string" ? attrs["name"] : op.name;
}

function printGroup(
  group: Group,
  index: number,
  nameOf: (value: Value) => string,
  storage: Schedule["storage"],
): string {
  const reduced = group.reduced === null ? "" : ` reducing axes ${showShape(group.reduced)}`;
  const lines = group.nodes.map((node) => {
    const reads = readsOf(node).map(({ root }) => nameOf(root));
    const place = storage.get(node);
    const target =
      place?.kind === "slot" ? place.slot.name : place?.kind === "output" ? place.name : "";
    const marks = `${place === undefined ? " " : "*"}${group.levels.get(node) === "kept" ? "|" : " "}`;
    const shape = `${node.dtype} ${showShape(node.shape)}`;
    const arrow = target === "" ? "" : ` -> ${target}`;
    return `  ${marks} ${nameOf(node)} = ${node.op.name}(${reads.join(", ")}) ${shape}${arrow}\n`;
  });
  return `kernel ${index}: ${group.kind} over ${showShape(group.domain)}${reduced}\n${lines.join("")}`;
}

/** Each buffer's place and the kernels it lives through. */
export function printMemory(
  kernels: readonly Kernel[],
  { offsets, size, unshared }: MemoryPlan,
): string {
  const lifetimes = new Map<string, { first: number; last: number }>();
  kernels.forEach((kernel, at) => {
    for (const { name } of buffersOf(kernel)) {
      lifetimes.set(name, { first: lifetimes.get(name)?.first ?? at, last: at });
    }
  });
  const lines = [...offsets]
    .toSorted(([, a], [, b]) => a - b)
    .map(([{ name, length }, offset]) => {
      const life = lifetimes.get(name);
      const span = life === undefined ? "unused" : `kernels ${life.first}-${life.last}`;
      return `  ${offset} +${length * 4} ${name}, ${span}\n`;
    });
  return `arena of ${size} bytes; temporaries without sharing ${unshared}\n${lines.join("")}`;
}
