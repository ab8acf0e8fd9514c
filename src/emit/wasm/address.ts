/**
 * Addresses. An index is offset + Σ coefficient · variable; the buffer's place in the arena and
 * the constant part go into the instruction's own offset field, so accesses that differ only
 * there share one pointer. A loop keeps one pointer per distinct variable part and advances it
 * by addition: V8 neither strength-reduces nor hoists address arithmetic.
 */
import {
  operandsOf,
  type Buffer,
  type Expr,
  type Index,
  type LoopVariable,
  type Register,
  type Stmt,
} from "../../loops/ir.ts";
import { signed, unsigned, type Bytes } from "./encode.ts";
import { integer, local } from "./instructions.ts";
import type { Locals } from "./locals.ts";

const BYTES = 4;

/** Byte offset of each buffer in the linear memory. */
export type AddressOf = (buffer: Buffer) => number;

/** Pointers that are valid in a scope, by the variable part they stand for. */
export interface Pointers {
  find(key: string): number | undefined;
  add(key: string, localIndex: number): void;
  nested(): Pointers;
}

export function makePointers(outer?: Pointers): Pointers {
  const known = new Map<string, number>();
  const self: Pointers = {
    find: (key) => known.get(key) ?? outer?.find(key),
    add: (key, localIndex) => void known.set(key, localIndex),
    nested: () => makePointers(self),
  };
  return self;
}

/** Names variables by number: equal names of two loops must not share a pointer. */
export interface VariableIds {
  of(variable: LoopVariable | Register): number;
}

export function makeVariableIds(): VariableIds {
  const ids = new Map<LoopVariable | Register, number>();
  return {
    of(variable) {
      const known = ids.get(variable);
      if (known !== undefined) return known;
      ids.set(variable, ids.size);
      return ids.size - 1;
    },
  };
}

/** One access: an index into a buffer. */
export interface Access {
  readonly buffer: Buffer;
  readonly index: Index;
}

export interface AddressScope {
  readonly locals: Locals;
  readonly ids: VariableIds;
  readonly pointers: Pointers;
  readonly addressOf: AddressOf;
}

/**
 * What goes into the pointer beside the variable part. Addresses are unsigned, so where variables
 * count down, or the constant part lies before the arena, the pointer carries the whole address.
 */
function anchorOf({ buffer, index }: Access, addressOf: AddressOf): number {
  const constant = addressOf(buffer) + index.offset * BYTES;
  const falling = index.terms.some(({ coefficient }) => coefficient < 0);
  return falling || constant < 0 ? constant : 0;
}

/** Accesses with equal keys share a pointer. Empty where there is nothing variable. */
export function pointerKey(access: Access, { ids, addressOf }: AddressScope): string {
  const anchor = anchorOf(access, addressOf);
  const terms = access.index.terms
    .map(({ variable, coefficient }) => ({ id: ids.of(variable), coefficient }))
    .toSorted((a, b) => a.id - b.id)
    .map(({ id, coefficient }) => `${id}*${coefficient}`);
  return (anchor === 0 ? terms : [...terms, `@${anchor}`]).join("+");
}

function localOfVariable(variable: LoopVariable | Register, locals: Locals): number {
  return "lanes" in variable ? locals.ofRegister(variable) : locals.ofLoop(variable);
}

/** Pushes scale · (Σ coefficient · variable). */
export function variablePart(index: Index, locals: Locals, scale: number): Bytes {
  const parts = index.terms.map(({ variable, coefficient }) => [
    ...local.get(localOfVariable(variable, locals)),
    ...(coefficient * scale === 1
      ? []
      : [...integer.const, ...signed(coefficient * scale), ...integer.mul]),
  ]);
  if (parts.length === 0) return [...integer.const, 0];
  return parts.flatMap((part, i) => (i === 0 ? part : [...part, ...integer.add]));
}

/** Pushes the pointer of an access: the scope's own if there is one, else computed here. */
export function pushPointer(access: Access, scope: AddressScope): Bytes {
  const known = scope.pointers.find(pointerKey(access, scope));
  return known === undefined ? computePointer(access, scope) : local.get(known);
}

export function computePointer(access: Access, { locals, addressOf }: AddressScope): Bytes {
  const anchor = anchorOf(access, addressOf);
  const variable = variablePart(access.index, locals, BYTES);
  return anchor === 0
    ? variable
    : [...variable, ...integer.const, ...signed(anchor), ...integer.add];
}

/** Alignment hint and offset: what follows a load's or store's opcode. */
export function memoryArgument(access: Access, addressOf: AddressOf, extraElements = 0): Bytes {
  const { buffer, index } = access;
  const constant = addressOf(buffer) + index.offset * BYTES - anchorOf(access, addressOf);
  return [2, ...unsigned(constant + extraElements * BYTES)];
}

/**
 * The access of a load's lowest element. Where the stride is negative that is its last lane:
 * instructions can only add to an address.
 */
export function lowestAccess({ buffer, index, stride, count }: Load): Access {
  const below = Math.min(0, stride * (count - 1));
  return { buffer, index: { ...index, offset: index.offset + below } };
}

type Load = Extract<Expr, { kind: "load" }>;

/** Everything that statements read or write, without what is inside nested loops. */
export function directAccesses(statements: readonly Stmt[]): Access[] {
  const found: Access[] = [];
  const visit = (expr: Expr): void => {
    if (expr.kind === "load") found.push(lowestAccess(expr));
    for (const child of operandsOf(expr)) visit(child);
  };
  for (const statement of statements) {
    if (statement.kind === "for") continue;
    visit(statement.value);
    if (statement.kind === "store") found.push(statement);
  }
  return found;
}

/** Is the variable's own value needed: by a nested loop's addresses, a computed address, or a lane index? */
export function needsCounter(variable: LoopVariable, statements: readonly Stmt[]): boolean {
  const uses = ({ terms }: Index): boolean => terms.some((term) => term.variable === variable);
  const hasPointer = ({ terms }: Index): boolean => !terms.some((term) => "lanes" in term.variable);
  const inExpr = (expr: Expr, nested: boolean): boolean =>
    (expr.kind === "lane-index" && uses(expr.index)) ||
    (expr.kind === "load" && (nested || !hasPointer(expr.index)) && uses(expr.index)) ||
    operandsOf(expr).some((child) => inExpr(child, nested));
  const inStatements = (body: readonly Stmt[], nested: boolean): boolean =>
    body.some((statement) => {
      if (statement.kind === "for") return inStatements(statement.body, true);
      const computed = statement.kind === "store" && (nested || !hasPointer(statement.index));
      if (computed && uses(statement.index)) return true;
      return inExpr(statement.value, nested);
    });
  return inStatements(statements, false);
}
