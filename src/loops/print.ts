/** Kernels as text, for people: pseudo-code that shows each statement on one line. Pure. */
import type { BinaryOp, Expr, Index, Kernel, LaneType, Stmt } from "./ir.ts";

const infix: Partial<Record<BinaryOp, string>> = {
  "f32.add": "+",
  "f32.sub": "-",
  "f32.mul": "*",
  "f32.div": "/",
  "f32.lt": "<",
  "f32.le": "<=",
  "f32.eq": "==",
  "mask.and": "and",
  "mask.or": "or",
};

/**
 * The whole kernel. Reading it:
 *
 * `for m0 in 0..60 by 3 { … }`  the upper end is exclusive; no `by` means by 1
 * `sum1: f32x4 = …`             a register's first assignment carries its type, later ones do not
 * `x[m0*784 + 4 :4]`            four elements from there on; none means one
 * `x[m0*784 :3 of 4 by 10]`     three elements, ten apart, in a register of four lanes
 * `x.i32[m0]`                   the element's bits are an i32
 * `7i`                          an i32 constant; plain numbers are f32
 */
export function printKernel(kernel: Kernel): string {
  const declared = new Set<string>();
  const lines = kernel.body.flatMap((statement) => printLines(statement, "  ", declared));
  return `kernel ${kernel.name} {\n${lines.map((line) => `${line}\n`).join("")}}\n`;
}

function printLines(statement: Stmt, indent: string, declared: Set<string>): string[] {
  if (statement.kind === "for") {
    const body = statement.body.flatMap((inner) => printLines(inner, `${indent}  `, declared));
    return [`${indent}${printStatement(statement)} {`, ...body, `${indent}}`];
  }
  if (statement.kind === "store" || declared.has(statement.register.name)) {
    return [indent + printStatement(statement)];
  }
  declared.add(statement.register.name);
  const { name, type, lanes } = statement.register;
  return [`${indent}${name}: ${printType(type, lanes)} = ${printExpr(statement.value)}`];
}

/** One statement without what is inside of it, for messages. */
export function printStatement(statement: Stmt): string {
  switch (statement.kind) {
    case "for": {
      const { variable, from, to, step } = statement;
      return `for ${variable.name} in ${from}..${to}${step === 1 ? "" : ` by ${step}`}`;
    }
    case "set":
      return `${statement.register.name} = ${printExpr(statement.value)}`;
    case "store": {
      const { buffer, index, value, count } = statement;
      return `${buffer.name}[${printIndex(index)}${count === 1 ? "" : ` :${count}`}] = ${printExpr(value)}`;
    }
  }
}

/** `f32x4`, or `f32` for one lane. */
export function printType(type: LaneType, lanes: number): string {
  return lanes === 1 ? type : `${type}x${lanes}`;
}

export function printIndex(index: Index): string {
  let text = "";
  for (const { variable, coefficient } of index.terms) {
    const size = Math.abs(coefficient);
    text += joinSign(text, coefficient) + (size === 1 ? variable.name : `${variable.name}*${size}`);
  }
  if (index.offset === 0 && text !== "") return text;
  return `${text}${joinSign(text, index.offset)}${Math.abs(index.offset)}`;
}

function joinSign(before: string, value: number): string {
  if (before === "") return value < 0 ? "-" : "";
  return value < 0 ? " - " : " + ";
}

export function printExpr(expr: Expr): string {
  switch (expr.kind) {
    case "const":
      return printConstant(expr.type, expr.value);
    case "register":
      return expr.register.name;
    case "load":
      return printLoad(expr);
    case "splat":
      return `splat(${printExpr(expr.value)})`;
    case "lane-index":
      return `iota(${printIndex(expr.index)})`;
    case "unary":
      return `${shortName(expr.op)}(${printExpr(expr.operand)})`;
    case "binary": {
      const sign = infix[expr.op];
      if (sign !== undefined) return `${printTerm(expr.left)} ${sign} ${printTerm(expr.right)}`;
      return `${shortName(expr.op)}(${printExpr(expr.left)}, ${printExpr(expr.right)})`;
    }
    case "shift":
      return `${expr.op}(${printExpr(expr.operand)}, ${expr.bits})`;
    case "fma":
      return `fma(${printExpr(expr.left)}, ${printExpr(expr.right)}, ${printExpr(expr.addend)})`;
    case "select":
      return `select(${printExpr(expr.mask)}, ${printExpr(expr.ifTrue)}, ${printExpr(expr.ifFalse)})`;
    case "reduce":
      return `reduce.${shortName(expr.op)}(${printExpr(expr.value)})`;
  }
}

/** In brackets if it would otherwise run into the operator beside it. */
function printTerm(expr: Expr): string {
  const text = printExpr(expr);
  return expr.kind === "binary" && infix[expr.op] !== undefined ? `(${text})` : text;
}

/** `f32.neg` is `neg`; conversions, `i32` and `mask` operations keep their type. */
function shortName(op: string): string {
  return /^f32\.(?!from-|bits)/.test(op) ? op.slice(4) : op;
}

function printConstant(type: LaneType, value: number): string {
  if (type === "mask") return value === 0 ? "false" : "true";
  const digits = Object.is(value, -0) ? "-0" : String(value);
  return type === "i32" ? `${digits}i` : digits;
}

function printLoad(expr: Expr & { readonly kind: "load" }): string {
  const { buffer, type, index, lanes, count, stride } = expr;
  let span = "";
  if (lanes > 1) span = count === lanes ? ` :${lanes}` : ` :${count} of ${lanes}`;
  if (lanes > 1 && stride !== 1) span += ` by ${stride}`;
  return `${buffer.name}${type === "i32" ? ".i32" : ""}[${printIndex(index)}${span}]`;
}
