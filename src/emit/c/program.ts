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
  const { name, kernels, threads } = program;
  const { functions, calls } = emitKernels(program, lanes);
  if (threads !== undefined) {
    const { count, cell } = threads;
    const steps = threads.steps.map(({ parts, meet }) => ({
      calls: parts.map((kernel) => calls.get(kernel)!),
      meet,
    }));
    const threaded = emitThreaded({ name, threads: count, steps, cell });
    return [...inUnits(functions), inFirstUnit(threaded)].join("\n");
  }
  const body = kernels.map((kernel) => `  ${calls.get(kernel)!};\n`).join("");
  const entry = `PUBLIC void ${name}(char *const *base) {\n${body}}\n`;
  return [...inUnits(functions), inFirstUnit(entry)].join("\n");
}

interface EmittedKernels {
  readonly functions: readonly string[];
  /** What runs each kernel, where `base` is known. */
  readonly calls: ReadonlyMap<Kernel, string>;
}

/**
 * Kernels that do the same with other buffers are one function, which is told the addresses: a
 * deep network of equal layers takes hardly longer to compile than a shallow one.
 */
function emitKernels({ name, kernels, placeOf }: CProgram, lanes: number): EmittedKernels {
  const known = new Map<string, string>();
  const calls = new Map<Kernel, string>();
  for (const kernel of kernels) {
    const { code, buffers } = emitFunction(kernel, lanes);
    const own = known.get(code) ?? `${name}_k${identifier(kernel.name)}`;
    known.set(code, own);
    const addresses = buffers.map((buffer) => {
      const { base, offset } = placeOf(buffer);
      return `(float *)(base[${base}] + ${offset})`;
    });
    calls.set(kernel, `${own}(${addresses.join(", ")})`);
  }
  // A kernel of its own for the profiler, and for the compiler, whose passes do not scale.
  const functions = [...known].map(([code, own]) => `KERNEL void ${own}${code}`);
  return { functions, calls };
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

/** A kernel without its name: parameters and body; and the buffers that are its parameters. */
function emitFunction(
  kernel: Kernel,
  lanes: number,
): { readonly code: string; readonly buffers: readonly Buffer[] } {
  const names: Names<Buffer | Register | LoopVariable> = makeNames();
  const scope: Scope = { lanes, nameOf: (what) => names.of(what, what.name) };
  const { buffers, registers } = mentionsOf(kernel);
  // Named by their order alone, so that equal code is equal text.
  const parameters = [...buffers].map((buffer) => `float *const ${names.of(buffer, "x")}`);
  const declarations = Map.groupBy(registers, (register) => cType(register));
  const variables = [...declarations].map(
    ([type, list]) => `  ${type} ${list.map((register) => scope.nameOf(register)).join(", ")};\n`,
  );
  const body = emitStatements(kernel.body, scope, "  ");
  const code = `(${parameters.join(", ") || "void"}) {\n${variables.join("")}${body}}\n`;
  return { code, buffers: [...buffers] };
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
