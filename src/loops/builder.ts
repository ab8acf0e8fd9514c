/** Short names to write loop nests with. Pure, but for the statement list a `KernelBuilder` fills. */
import type {
  BinaryOp,
  Buffer,
  Expr,
  Index,
  IndexTerm,
  Kernel,
  LaneType,
  LoopVariable,
  Register,
  ShiftOp,
  Stmt,
  UnaryOp,
} from "./ir.ts";
import { typeOf } from "./ir.ts";

export const zeroIndex: Index = { terms: [], offset: 0 };

/** a + b, with terms of one variable merged. */
export function addIndex(a: Index, b: Index): Index {
  const terms: IndexTerm[] = [...a.terms];
  for (const term of b.terms) {
    const at = terms.findIndex(({ variable }) => variable === term.variable);
    if (at < 0) terms.push(term);
    else {
      const coefficient = terms[at]!.coefficient + term.coefficient;
      terms[at] = { variable: term.variable, coefficient };
    }
  }
  return {
    terms: terms.filter(({ coefficient }) => coefficient !== 0),
    offset: a.offset + b.offset,
  };
}

export function scaleIndex(index: Index, factor: number): Index {
  if (factor === 0) return zeroIndex;
  return {
    terms: index.terms.map(({ variable, coefficient }) => ({
      variable,
      coefficient: coefficient * factor,
    })),
    offset: index.offset * factor,
  };
}

export function constantIndex(offset: number): Index {
  return { terms: [], offset };
}

export function variableIndex(variable: LoopVariable | Register, coefficient = 1): Index {
  return coefficient === 0 ? zeroIndex : { terms: [{ variable, coefficient }], offset: 0 };
}

export const f32 = (value: number, lanes: number): Expr => ({
  kind: "const",
  type: "f32",
  lanes,
  value,
});
export const i32 = (value: number, lanes: number): Expr => ({
  kind: "const",
  type: "i32",
  lanes,
  value,
});
export const unary = (op: UnaryOp, operand: Expr): Expr => ({ kind: "unary", op, operand });
export const binary = (op: BinaryOp, left: Expr, right: Expr): Expr => ({
  kind: "binary",
  op,
  left,
  right,
});
export const shift = (op: ShiftOp, operand: Expr, bits: number): Expr => ({
  kind: "shift",
  op,
  operand,
  bits,
});
export const add = (left: Expr, right: Expr): Expr => binary("f32.add", left, right);
export const sub = (left: Expr, right: Expr): Expr => binary("f32.sub", left, right);
export const mul = (left: Expr, right: Expr): Expr => binary("f32.mul", left, right);
export const div = (left: Expr, right: Expr): Expr => binary("f32.div", left, right);
export const fma = (left: Expr, right: Expr, addend: Expr): Expr => ({
  kind: "fma",
  left,
  right,
  addend,
});
export const select = (mask: Expr, ifTrue: Expr, ifFalse: Expr): Expr => ({
  kind: "select",
  mask,
  ifTrue,
  ifFalse,
});

/** The value in all lanes; itself when it has them already. */
export function splat(value: Expr, lanes: number): Expr {
  if (typeOf(value).lanes === lanes) return value;
  if (value.kind === "const") return { ...value, lanes };
  return { kind: "splat", value, lanes };
}

export interface LoadOptions {
  readonly type?: "f32" | "i32";
  readonly lanes?: number;
  readonly stride?: number;
  readonly count?: number;
}

export function load(buffer: Buffer, index: Index, options: LoadOptions = {}): Expr {
  const { type = "f32", lanes = 1, stride = 1, count = lanes } = options;
  return { kind: "load", type, lanes, buffer, index, stride, count };
}

/** Collects the statements of one kernel and names its registers. */
export interface KernelBuilder {
  /** Computes once: the result may be used any number of times. */
  let(value: Expr, name?: string): Expr;
  /** A register to be set again, such as an accumulator; starts at `value`. */
  variable(value: Expr, name: string): Register;
  /** A register without a first value. */
  register(type: LaneType, lanes: number, name: string): Register;
  set(register: Register, value: Expr): void;
  store(buffer: Buffer, index: Index, value: Expr, count?: number): void;
  /** Nothing for an empty range; no loop for a range of one step. */
  loop(name: string, from: number, to: number, step: number, body: (at: Index) => void): void;
  finish(): Kernel;
}

export function kernelBuilder(name: string): KernelBuilder {
  let statements: Stmt[] = [];
  let serial = 0;

  function register(type: LaneType, lanes: number, hint: string): Register {
    return { name: `${hint}${serial++}`, type, lanes };
  }
  function set(target: Register, value: Expr): void {
    statements.push({ kind: "set", register: target, value });
  }
  function variable(value: Expr, hint: string): Register {
    const { type, lanes } = typeOf(value);
    const target = register(type, lanes, hint);
    set(target, value);
    return target;
  }
  function loop(
    hint: string,
    from: number,
    to: number,
    step: number,
    body: (at: Index) => void,
  ): void {
    if (from >= to) return;
    if (from + step >= to) {
      body(constantIndex(from));
      return;
    }
    const outer = statements;
    const inner: Stmt[] = [];
    const loopVariable: LoopVariable = { name: `${hint}${serial++}` };
    statements = inner;
    body(variableIndex(loopVariable));
    statements = outer;
    statements.push({ kind: "for", variable: loopVariable, from, to, step, body: inner });
  }
  return {
    register,
    set,
    variable,
    loop,
    let(value, hint = "t") {
      if (value.kind === "register" || value.kind === "const") return value;
      return { kind: "register", register: variable(value, hint) };
    },
    store(buffer, index, value, count = typeOf(value).lanes) {
      statements.push({ kind: "store", buffer, index, value, count });
    },
    finish: () => ({ name, body: statements }),
  };
}
