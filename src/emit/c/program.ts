/** Compiled programs as one C source: a function per kernel, and per program one that calls them in order. */
import {
  operandsOf,
  typeOf,
  type Buffer,
  type Expr,
  type Kernel,
  type LoopVariable,
  type Register,
  type Stmt,
} from "../../loops/ir.ts";
import { emitAddress, emitExpression, emitIndex, type Scope } from "./expression.ts";
import { identifier, makeNames, type Names } from "./names.ts";
import { prelude } from "./prelude.ts";
import { emitThreaded, threadPrelude } from "./threads.ts";

/** Which of the base pointers that a call is given, and how many bytes from there. */
export interface Place {
  readonly base: number;
  readonly offset: number;
}

export interface CProgram {
  /** Of the exported function `void name(char *const *base)`; a C identifier. */
  readonly name: string;
  readonly kernels: readonly Kernel[];
  /** How several threads share the kernels; none: one thread runs them in order. */
  readonly threads?: ProgramThreads;
  placeOf(buffer: Buffer): Place;
}

interface ProgramThreads {
  readonly count: number;
  /** The kernels, step by step: thread i runs part i. */
  readonly steps: readonly { readonly parts: readonly Kernel[]; readonly meet: boolean }[];
  /** The base whose first 8 bytes keep the threads' pool. */
  readonly cell: number;
}

/** The source of a shared library. `lanes` is the vector width of all kernels. */
export function emitC(programs: readonly CProgram[], lanes: number): string {
  const threaded = programs.some(({ threads }) => threads !== undefined);
  const heads = threaded ? [threadPrelude, prelude(lanes)] : [prelude(lanes)];
  return [...heads, ...programs.map((program) => emitProgram(program, lanes))].join("\n");
}

/** One program, without the prelude. */
export function emitProgram(program: CProgram, lanes: number): string {
  const { name, kernels, threads, placeOf } = program;
  const functionOf = (kernel: Kernel): string => `${name}_k${identifier(kernel.name)}`;
  const functions = inUnits(
    kernels.map((kernel) => emitFunction(kernel, functionOf(kernel), placeOf, lanes)),
  );
  if (threads !== undefined) {
    const { count, cell } = threads;
    const steps = threads.steps.map(({ parts, meet }) => ({
      functions: parts.map(functionOf),
      meet,
    }));
    return [...functions, inFirstUnit(emitThreaded({ name, threads: count, steps, cell }))].join(
      "\n",
    );
  }
  const calls = kernels.map((kernel) => `  ${functionOf(kernel)}(base);\n`).join("");
  const entry = `PUBLIC void ${name}(char *const *base) {\n${calls}}\n`;
  return [...functions, inFirstUnit(entry)].join("\n");
}

/** The longest functions are dealt out first, so that units take about equally long to compile. */
function inUnits(functions: readonly string[]): string[] {
  const byLength = functions
    .map((_, i) => i)
    .toSorted((a, b) => functions[b]!.length - functions[a]!.length);
  const places = new Map(byLength.map((i, place) => [i, place]));
  return functions.map((code, i) => {
    const head = code.slice(0, code.indexOf(" {\n"));
    return `#if IN_UNIT(${places.get(i)!})\n${code}#else\n${head};\n#endif\n`;
  });
}

/** What calls the kernels, and what only one unit may define. */
function inFirstUnit(code: string): string {
  return `#if IN_UNIT(0)\n${code}#endif\n`;
}

interface Mentions {
  readonly buffers: ReadonlySet<Buffer>;
  readonly registers: ReadonlySet<Register>;
}

function emitFunction(
  kernel: Kernel,
  name: string,
  placeOf: CProgram["placeOf"],
  lanes: number,
): string {
  const names: Names<Buffer | Register | LoopVariable> = makeNames();
  const scope: Scope = { lanes, nameOf: (what) => names.of(what, what.name) };
  const { buffers, registers } = mentionsOf(kernel);
  const pointers = [...buffers].map((buffer) => {
    const { base, offset } = placeOf(buffer);
    return `  float *const ${scope.nameOf(buffer)} = (float *)(base[${base}] + ${offset});\n`;
  });
  const declarations = Map.groupBy(registers, (register) => cType(register));
  const variables = [...declarations].map(
    ([type, list]) => `  ${type} ${list.map((register) => scope.nameOf(register)).join(", ")};\n`,
  );
  const body = emitStatements(kernel.body, scope, "  ");
  // A kernel of its own for the profiler, and for the compiler, whose passes do not scale.
  const head = `KERNEL void ${name}(char *const *base) {\n`;
  return `${head}${pointers.join("")}${variables.join("")}${body}}\n`;
}

function cType({ type, lanes }: Register): string {
  if (lanes === 1) return type === "f32" ? "float" : "int";
  return type === "f32" ? "vf" : "vi";
}

function emitStatements(statements: readonly Stmt[], scope: Scope, indent: string): string {
  return statements.map((statement) => emitStatement(statement, scope, indent)).join("");
}

function emitStatement(statement: Stmt, scope: Scope, indent: string): string {
  switch (statement.kind) {
    case "for": {
      const { variable, from, to, step, body } = statement;
      const at = scope.nameOf(variable);
      const advance = step === 1 ? `${at}++` : `${at} += ${step}`;
      const inner = emitStatements(body, scope, `${indent}  `);
      return `${indent}for (long long ${at} = ${from}; ${at} < ${to}; ${advance}) {\n${inner}${indent}}\n`;
    }
    case "set": {
      const value = emitExpression(statement.value, scope);
      return `${indent}${scope.nameOf(statement.register)} = ${value};\n`;
    }
    case "store":
      return `${indent}${emitStore(statement, scope)};\n`;
  }
}

function emitStore(
  { buffer, index, value, count }: Extract<Stmt, { kind: "store" }>,
  scope: Scope,
): string {
  const { type, lanes } = typeOf(value);
  const code = emitExpression(value, scope);
  if (lanes === 1) {
    const name = scope.nameOf(buffer);
    const typed = type === "f32" ? name : `((int *)${name})`;
    return `${typed}[${emitIndex(index, scope)}] = ${code}`;
  }
  const to = emitAddress(buffer, index, scope);
  if (count === lanes) return `store_${type === "f32" ? "f" : "i"}(${to}, ${code})`;
  return `store_part_f(${to}, ${type === "f32" ? code : `(vf)${code}`}, ${count})`;
}

function mentionsOf(kernel: Kernel): Mentions {
  const buffers = new Set<Buffer>();
  const registers = new Set<Register>();
  const inExpr = (expr: Expr): void => {
    if (expr.kind === "load") buffers.add(expr.buffer);
    if (expr.kind === "register") registers.add(expr.register);
    for (const child of operandsOf(expr)) inExpr(child);
  };
  const inStatement = (statement: Stmt): void => {
    if (statement.kind === "for") return statement.body.forEach(inStatement);
    if (statement.kind === "store") buffers.add(statement.buffer);
    else registers.add(statement.register);
    inExpr(statement.value);
  };
  kernel.body.forEach(inStatement);
  return { buffers, registers };
}
