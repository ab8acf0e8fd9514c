import { OptionError } from "../base/errors.ts";
import type { Member, Module, NamedMember } from "./module.ts";

export interface MemberTree {
  /** Parameters and statistics in the model's order; one held in two places has its first path. */
  readonly members: readonly NamedMember[];
  /** Where each module of the tree is; the model itself is at "". */
  readonly modulePaths: ReadonlyMap<Module, string>;
}

/**
 * Names what a model holds by walking its own enumerable properties in order: parameters,
 * statistics, modules, and arrays or plain objects of them. Paths join keys with dots.
 *
 * A tree gives each parameter its buffer (slot), so programs that shall share parameters are
 * traced with one tree.
 *
 * Errors: OptionError for a key with a dot or a slash, which would make names ambiguous.
 */
export function memberTree(model: Module): MemberTree {
  const members: NamedMember[] = [];
  const modulePaths = new Map<Module, string>();
  const seen = new Set<object>();

  function visit(node: unknown, path: string): void {
    if (!isWalkable(node) || seen.has(node)) return;
    seen.add(node);
    if (isMember(node)) {
      const slot = Object.freeze({ name: path, shape: node.shape, dtype: "f32" as const });
      members.push(Object.freeze({ path, member: node, slot }));
      return;
    }
    if (isModule(node)) modulePaths.set(node, path);
    for (const [key, child] of Object.entries(node)) {
      if (/[./]/.test(key) && isWalkable(child)) {
        throw new OptionError(`memberTree: a model's keys must have no dot or slash, got "${key}"`);
      }
      visit(child, path === "" ? key : `${path}.${key}`);
    }
  }

  visit(model, "");
  return { members, modulePaths };
}

function isModule(node: object): node is Module {
  return "apply" in node && typeof node.apply === "function" && "label" in node;
}

function isMember(node: object): node is Member {
  return (
    "kind" in node &&
    (node.kind === "parameter" || node.kind === "statistic") &&
    "initialize" in node &&
    typeof node.initialize === "function"
  );
}

/** Plain objects, arrays and modules (an instance of a user's class included); never data. */
function isWalkable(node: unknown): node is object {
  if (typeof node !== "object" || node === null) return false;
  if (Array.isArray(node) || isModule(node)) return true;
  const prototype: unknown = Object.getPrototypeOf(node);
  return prototype === Object.prototype || prototype === null;
}
