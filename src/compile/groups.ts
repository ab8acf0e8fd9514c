/**
 * Groups of values that one kernel computes, and what their values read. `fuse` makes them.
 *
 * A group has a domain, the shape its loops run over, and at most one set of reduced axes.
 */
import type { Shape } from "../base/shape.ts";
import type { Value } from "../graph/value.ts";
import type { ReduceAttrs } from "../graph/ops/reduction.ts";
import { accessOf, type Access } from "./access.ts";

/** `full`: a value per element of the domain. `kept`: one per element of the domain without the reduced axes. */
export type Level = "full" | "kept";

export interface GroupBase {
  /** In graph order. */
  readonly nodes: Value[];
  readonly levels: Map<Value, Level>;
  /** Sizes of the loops; axes of size 1 are left out. */
  readonly domain: readonly number[];
  /** Axes of the domain that are summed over; null while nothing is. */
  reduced: readonly number[] | null;
  /** Groups whose results this one reads. */
  readonly dependencies: Set<Group>;
  /** Values that are not stored: whoever reads one computes it. Shared by all groups. */
  readonly recomputed: ReadonlySet<Value>;
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

/** An element that a node needs, from memory or from the loops at hand. */
export interface Read {
  readonly access: Access;
  /** Of the operand, whose axes the access's strides belong to. */
  readonly shape: Shape;
}

/** What a node of the group reads, with recomputed values replaced by what they are computed from. */
export function readsThrough(group: Pick<Group, "recomputed" | "levels">, node: Value): Read[] {
  return readsOf(node).flatMap((access, i): Read[] => {
    const again = group.recomputed.has(access.root) && !group.levels.has(access.root);
    if (again) return readsThrough(group, access.root);
    return [{ access, shape: node.op.kind === "view" ? node.shape : node.inputs[i]!.shape }];
  });
}

/** The accesses of a computed value's operands; for a copied view, of what it views. */
export function readsOf(value: Value): Access[] {
  if (value.op.kind === "view" && accessOf(value).root !== value) return [accessOf(value)];
  return value.inputs.map(accessOf);
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
