/** The rules every kernel keeps; lowering is wrong where this throws. */
import { GraphError } from "../base/errors.ts";
import type { Expr, Index, Kernel, LaneType, LoopVariable, Register, Stmt } from "./ir.ts";
import { operandOfBinary, operandOfUnary, typeOf } from "./ir.ts";
import { printExpr, printStatement, printType } from "./print.ts";

interface Range {
  readonly low: number;
  readonly high: number;
}

interface Scope {
  /** Registers set so far. Every loop runs at least once, so what its body sets stays set. */
  readonly assigned: Set<Register>;
  readonly registerNames: Map<string, Register>;
  readonly loops: Map<LoopVariable, Range>;
  fail(rule: string): never;
}

/**
 * Checks that registers are set before they are read, that types and lanes fit each operation,
 * that loops run whole steps, that indices use live loop variables or scalar i32 registers, and
 * that loads and stores stay inside their buffers (by interval arithmetic; an index with a register
 * in it is only known when running).
 *
 * Errors: GraphError naming the kernel and the statement.
 */
export function verifyKernel(kernel: Kernel): void {
  const assigned = new Set<Register>();
  const registerNames = new Map<string, Register>();
  const loops = new Map<LoopVariable, Range>();

  function verifyBody(body: readonly Stmt[], path: string): void {
    for (const [at, statement] of body.entries()) {
      const place = path === "" ? String(at) : `${path}.${at}`;
      const scope: Scope = {
        assigned,
        registerNames,
        loops,
        fail(rule) {
          const text = shorten(printStatement(statement));
          throw new GraphError(
            `verifyKernel: ${rule} (kernel ${kernel.name}, statement ${place}: ${text})`,
          );
        },
      };
      if (statement.kind !== "for") {
        verifyPlain(statement, scope);
        continue;
      }
      const { variable, from, to, step } = statement;
      verifyLoop(statement, scope);
      loops.set(variable, { low: from, high: to - step });
      verifyBody(statement.body, place);
      loops.delete(variable);
    }
  }
  verifyBody(kernel.body, "");
}

function shorten(text: string): string {
  return text.length <= 120 ? text : `${text.slice(0, 117)}...`;
}

function verifyLoop(statement: Stmt & { readonly kind: "for" }, scope: Scope): void {
  const { variable, from, to, step } = statement;
  if (![from, to, step].every(Number.isSafeInteger)) {
    scope.fail(`loop bounds must be integers, got ${from}, ${to}, ${step}`);
  }
  if (step < 1) scope.fail(`a loop's step must be at least 1, got ${step}`);
  if (from >= to) scope.fail(`a loop must run at least once, got ${from}..${to}`);
  if ((to - from) % step !== 0) {
    scope.fail(`a loop's range must be whole steps, got ${to - from} by ${step}`);
  }
  if (scope.registerNames.has(variable.name)) {
    scope.fail(`a loop variable must not be named like a register, got ${variable.name}`);
  }
  for (const live of scope.loops.keys()) {
    if (live.name === variable.name) {
      scope.fail(`nested loops must have different variables, got ${variable.name} twice`);
    }
  }
}

function verifyPlain(statement: Exclude<Stmt, { kind: "for" }>, scope: Scope): void {
  verifyExpr(statement.value, scope);
  const { type, lanes } = typeOf(statement.value);
  if (statement.kind === "store") {
    const { buffer, index, count } = statement;
    if (type === "mask") scope.fail("a mask lives in registers only, got a store of one");
    verifyCount(count, lanes, scope);
    verifyAccess(buffer.name, buffer.length, index, 0, count - 1, scope);
    return;
  }
  const { register } = statement;
  const namesake = scope.registerNames.get(register.name);
  if (namesake !== undefined && namesake !== register) {
    scope.fail(`two registers must not share a name, got ${register.name}`);
  }
  if ([...scope.loops.keys()].some(({ name }) => name === register.name)) {
    scope.fail(`a register must not be named like a loop variable, got ${register.name}`);
  }
  verifyLanes(register.lanes, scope);
  expectType("the value", statement.value, register.type, register.lanes, scope);
  scope.assigned.add(register);
  scope.registerNames.set(register.name, register);
}

function verifyExpr(expr: Expr, scope: Scope): void {
  switch (expr.kind) {
    case "const":
      return verifyConstant(expr.type, expr.lanes, expr.value, scope);
    case "register":
      if (!scope.assigned.has(expr.register)) {
        scope.fail(`a register must be set before it is read, got ${expr.register.name}`);
      }
      return;
    case "load":
      return verifyLoad(expr, scope);
    case "lane-index":
      verifyLanes(expr.lanes, scope);
      verifyIndex(expr.index, scope);
      return;
    case "splat":
      verifyExpr(expr.value, scope);
      verifyLanes(expr.lanes, scope);
      return expectType("a splat's value", expr.value, typeOf(expr.value).type, 1, scope);
    default:
      return verifyOperation(expr, scope);
  }
}

function verifyOperation(
  expr: Extract<Expr, { kind: "unary" | "binary" | "shift" | "fma" | "select" | "reduce" }>,
  scope: Scope,
): void {
  const check = (role: string, operand: Expr, type: LaneType, lanes: number): void => {
    verifyExpr(operand, scope);
    expectType(role, operand, type, lanes, scope);
  };
  const { lanes } = typeOf(expr);
  switch (expr.kind) {
    case "unary":
      return check(`the operand of ${expr.op}`, expr.operand, operandOfUnary(expr.op), lanes);
    case "binary": {
      const type = operandOfBinary(expr.op);
      check(`the left operand of ${expr.op}`, expr.left, type, lanes);
      return check(`the right operand of ${expr.op}`, expr.right, type, lanes);
    }
    case "shift":
      if (!Number.isInteger(expr.bits) || expr.bits < 0 || expr.bits > 31) {
        scope.fail(`a shift must be by 0 to 31 bits, got ${expr.bits}`);
      }
      return check(`the operand of ${expr.op}`, expr.operand, "i32", lanes);
    case "fma":
      check("the left operand of fma", expr.left, "f32", lanes);
      check("the right operand of fma", expr.right, "f32", lanes);
      return check("the addend of fma", expr.addend, "f32", lanes);
    case "select": {
      check("the mask of select", expr.mask, "mask", lanes);
      const { type } = typeOf(expr.ifTrue);
      check("the first choice of select", expr.ifTrue, type, lanes);
      return check("the second choice of select", expr.ifFalse, type, lanes);
    }
    case "reduce":
      return check("the value of reduce", expr.value, "f32", typeOf(expr.value).lanes);
  }
}

function expectType(role: string, expr: Expr, type: LaneType, lanes: number, scope: Scope): void {
  const found = typeOf(expr);
  if (found.type === type && found.lanes === lanes) return;
  const got = `${printType(found.type, found.lanes)} ${shorten(printExpr(expr))}`;
  scope.fail(`${role} must be ${printType(type, lanes)}, got ${got}`);
}

function verifyLanes(lanes: number, scope: Scope): void {
  if (!Number.isInteger(lanes) || lanes < 1) scope.fail(`lanes must be at least 1, got ${lanes}`);
}

function verifyCount(count: number, lanes: number, scope: Scope): void {
  if (!Number.isInteger(count) || count < 1 || count > lanes) {
    scope.fail(`the count must be 1 to ${lanes} (the lanes), got ${count}`);
  }
}

function verifyConstant(type: LaneType, lanes: number, value: number, scope: Scope): void {
  verifyLanes(lanes, scope);
  // Both readings of 32 bits are welcome: hash constants are written unsigned.
  if (type === "i32" && !(Number.isInteger(value) && value >= -(2 ** 31) && value < 2 ** 32)) {
    scope.fail(`an i32 constant must be an integer of 32 bits, got ${value}`);
  }
  if (type === "mask" && value !== 0 && value !== 1) {
    scope.fail(`a mask constant must be 0 or 1, got ${value}`);
  }
}

function verifyLoad(expr: Expr & { readonly kind: "load" }, scope: Scope): void {
  const { lanes, buffer, index, stride, count } = expr;
  verifyLanes(lanes, scope);
  verifyCount(count, lanes, scope);
  if (!Number.isSafeInteger(stride)) scope.fail(`a stride must be an integer, got ${stride}`);
  const reach = stride * (count - 1);
  verifyAccess(buffer.name, buffer.length, index, Math.min(0, reach), Math.max(0, reach), scope);
}

function verifyAccess(
  name: string,
  length: number,
  index: Index,
  before: number,
  after: number,
  scope: Scope,
): void {
  const range = verifyIndex(index, scope);
  if (range === undefined) return;
  const first = range.low + before;
  const last = range.high + after;
  if (first >= 0 && last < length) return;
  scope.fail(`elements must lie within ${name}, 0..${length - 1}, got ${first}..${last}`);
}

/** What the index can be, or undefined when a register takes part. */
function verifyIndex({ terms, offset }: Index, scope: Scope): Range | undefined {
  let low = offset;
  let high = offset;
  let known = true;
  for (const { variable, coefficient } of terms) {
    const range = scope.loops.get(variable);
    if (range === undefined) {
      verifyRegisterTerm(variable, scope);
      known = false;
    } else {
      low += Math.min(coefficient * range.low, coefficient * range.high);
      high += Math.max(coefficient * range.low, coefficient * range.high);
    }
    if (!Number.isSafeInteger(coefficient)) {
      scope.fail(`an index's coefficient must be an integer, got ${coefficient}`);
    }
  }
  if (!Number.isSafeInteger(offset)) {
    scope.fail(`an index's offset must be an integer, got ${offset}`);
  }
  return known ? { low, high } : undefined;
}

function verifyRegisterTerm(variable: LoopVariable | Register, scope: Scope): void {
  if (!("type" in variable)) {
    return scope.fail(`an index must use loop variables that are live, got ${variable.name}`);
  }
  if (variable.type !== "i32" || variable.lanes !== 1) {
    const got = printType(variable.type, variable.lanes);
    scope.fail(`a register in an index must be i32, got ${got} ${variable.name}`);
  }
  if (!scope.assigned.has(variable)) {
    scope.fail(`a register must be set before it is read, got ${variable.name}`);
  }
}
