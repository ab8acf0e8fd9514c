/**
 * Addresses. An index is offset + Σ coefficient · variable; the buffer's place in the arena and
 * the constant part go into the instruction's own offset field, so accesses that differ only
 * there share one pointer. A loop keeps one pointer per distinct variable part and advances it
 * by addition: V8 neither strength-reduces nor hoists address arithmetic.
 */
import { GraphError } from "../../base/errors.ts";
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

/** The variable part of an index, canonically. Empty for a constant index. */
export function pointerKey(index: Index, ids: VariableIds): string {
  return index.terms
    .map(({ variable, coefficient }) => ({ id: ids.of(variable), coefficient }))
    .sort((a, b) => a.id - b.id)
    .map(({ id, coefficient }) => `${id}*${coefficient}`)
    .join("+");
}

export function localOfVariable(variable: LoopVariable | Register, locals: Locals): number {
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

/** Pushes the pointer of an index: the scope's own if there is one, else computed here. */
export function pushPointer(
  index: Index,
  scope: { readonly locals: Locals; readonly ids: VariableIds; readonly pointers: Pointers },
): Bytes {
  const known = scope.pointers.find(pointerKey(index, scope.ids));
  return known === undefined ? variablePart(index, scope.locals, BYTES) : local.get(known);
}

/** Alignment hint and offset: what follows a load's or store's opcode. */
export function memoryArgument(
  buffer: Buffer,
  index: Index,
  addressOf: AddressOf,
  extraElements = 0,
): Bytes {
  const offset = addressOf(buffer) + (index.offset + extraElements) * BYTES;
  if (offset < 0) {
    throw new GraphError(`wasm: negative offset ${offset} into buffer ${buffer.name}`);
  }
  return [2, ...unsigned(offset)];
}

/** Every index that statements read or write at, without those inside nested loops. */
export function directIndices(statements: readonly Stmt[]): Index[] {
  const found: Index[] = [];
  const visit = (expr: Expr): void => {
    if (expr.kind === "load") found.push(expr.index);
    for (const child of operandsOf(expr)) visit(child);
  };
  for (const statement of statements) {
    if (statement.kind === "for") continue;
    visit(statement.value);
    if (statement.kind === "store") found.push(statement.index);
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
