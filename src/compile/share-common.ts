/**
 * Finds equal computations: two values of the same op, attributes and inputs are one value.
 *
 * A gradient repeats much of what its op's meaning computes (a mean, an inverse deviation); this
 * is what makes the two cost once. Slots are compared by identity, everything else by content.
 */
import { addOp } from "../graph/ops/add.ts";
import { andOp } from "../graph/ops/and.ts";
import { equalOp } from "../graph/ops/equal.ts";
import { maximumOp } from "../graph/ops/maximum.ts";
import { minimumOp } from "../graph/ops/minimum.ts";
import { mulOp } from "../graph/ops/mul.ts";
import { orOp } from "../graph/ops/or.ts";
import type { Attrs, OpDefinition, Value } from "../graph/value.ts";

/** Ops whose two operands may change places without changing a bit of the result. */
const COMMUTATIVE: ReadonlySet<OpDefinition> = new Set([
  addOp,
  andOp,
  equalOp,
  maximumOp,
  minimumOp,
  mulOp,
  orOp,
]);

/** Returns the first value it was given that computes the same; inputs must have passed already. */
export function commonValues(): (value: Value) => Value {
  const firstByKey = new Map<string, Value>();
  const idOf = identities();
  return (value) => {
    const inputs = value.inputs.map(idOf);
    if (COMMUTATIVE.has(value.op)) inputs.sort((a, b) => a - b);
    const key = `${idOf(value.op)}(${inputs.join()})${attrsKey(value.attrs, idOf)}`;
    const first = firstByKey.get(key);
    if (first !== undefined) return first;
    firstByKey.set(key, value);
    return value;
  };
}

function identities(): (object: object) => number {
  const ids = new Map<object, number>();
  return (object) => {
    const id = ids.get(object) ?? ids.size;
    ids.set(object, id);
    return id;
  };
}

function attrsKey(attrs: Attrs, idOf: (object: object) => number): string {
  const show = (attr: unknown): string => {
    if (Array.isArray(attr)) return `[${attr.map(show).join()}]`;
    if (typeof attr === "object" && attr !== null) return `#${idOf(attr)}`;
    if (typeof attr === "string") return JSON.stringify(attr);
    return Object.is(attr, -0) ? "-0" : String(attr);
  };
  const keys = Object.keys(attrs).toSorted();
  return keys.map((key) => `${key}:${show(attrs[key])}`).join(";");
}
