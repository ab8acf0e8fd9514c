/**
 * The loops of a group. Neighbouring axes become one loop where every access allows it, so that
 * a chain of pointwise ops over [60, 28, 28] runs over 47,040 elements in a row.
 */
import type { Value } from "../../graph/value.ts";
import { accessOf, strippedStrides, type Access } from "../access.ts";
import { readsOf, type Group, type Level } from "../groups.ts";

export interface Axis {
  readonly size: number;
  readonly reduced: boolean;
  /** The innermost of the domain's axes that this loop stands for: its strides are the loop's. */
  readonly innermost: number;
}

export interface MergeOptions {
  /** Strides over the domain's axes of what else the loops touch. */
  readonly also?: readonly (readonly number[])[];
  /** The last axis stays a loop of its own. */
  readonly lastApart?: boolean;
}

export function mergedAxes(group: Group, options: MergeOptions = {}): Axis[] {
  const { also = [], lastApart = false } = options;
  const reduced = (axis: number): boolean => group.reduced?.includes(axis) ?? false;
  const accesses = [...domainAccesses(group), ...also];
  const axes: Axis[] = [];
  group.domain.forEach((size, axis) => {
    const last = axes[axes.length - 1];
    const mergeable =
      last !== undefined &&
      !(lastApart && axis === group.domain.length - 1) &&
      last.reduced === reduced(axis) &&
      accesses.every((strides) => strides[last.innermost] === strides[axis]! * size);
    if (mergeable) axes[axes.length - 1] = { ...last, size: last.size * size, innermost: axis };
    else axes.push({ size, reduced: reduced(axis), innermost: axis });
  });
  return axes;
}

/** The strides of an operand along the axes of the group's domain; 0 along reduced axes for a kept node. */
export function domainStrides(
  group: Group,
  level: Level,
  shape: readonly number[],
  access: Access,
): number[] {
  // Only a matrix product keeps axes of size 1, and then it is alone in its group.
  if (group.domain.includes(1)) return [...access.strides];
  const strides = strippedStrides(shape, access.strides);
  if (level === "full" || group.reduced === null) return strides;
  let next = 0;
  return group.domain.map((_, axis) => (group.reduced!.includes(axis) ? 0 : strides[next++]!));
}

/** Strides of everything the group's loops touch. */
function domainAccesses(group: Group): number[][] {
  const found: number[][] = [];
  const visit = (node: Value, level: Level): void => {
    readsOf(node).forEach((access, i) => {
      // A copied view reads what it views over its own shape.
      const shape = node.op.kind === "view" ? node.shape : node.inputs[i]!.shape;
      if (access.root.op.name !== "constant") {
        found.push(domainStrides(group, level, shape, access));
      }
      const again = group.recomputed.has(access.root) && !group.levels.has(access.root);
      if (again) visit(access.root, level);
    });
  };
  for (const node of group.nodes) {
    const own = group.levels.get(node)!;
    const level = node.op.kind === "reduce" ? "full" : own;
    // The operands of a product have axes of their own.
    if (node.op.kind !== "contract") visit(node, level);
    found.push(domainStrides(group, own, node.shape, accessOf(node)));
  }
  return found;
}
