/** A compiled program as one WebAssembly module: a function per kernel and `run`, which calls them in order. */
import { typeOf, type Kernel, type Stmt } from "../../loops/ir.ts";
import {
  computePointer,
  directAccesses,
  makePointers,
  makeVariableIds,
  memoryArgument,
  needsCounter,
  pointerKey,
  pushPointer,
  type AddressOf,
} from "./address.ts";
import { section, signed, text, unsigned, vector, type Bytes } from "./encode.ts";
import { emitExpression, type Scope } from "./expression.ts";
import { control, integer, local, memory, vectorOp } from "./instructions.ts";
import { makeLocals } from "./locals.ts";
import { meetCode, meetLocals, threadCode, type ThreadPlan } from "./threads.ts";

/** `\0asm`, version 1. */
const MAGIC: Bytes = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

export interface WasmOptions {
  readonly addressOf: AddressOf;
  /** Use relaxed-SIMD multiply-add; the engine must have it. */
  readonly relaxedFma: boolean;
  /** The imported memory's limits, in pages of 64 KiB; `maximum` is required when shared. */
  readonly memory: {
    readonly minimum: number;
    readonly maximum?: number;
    readonly shared: boolean;
  };
  /** How several threads share the kernels; the memory is shared then. None: one runs them in order. */
  readonly threads?: ThreadPlan;
}

/** A function of the module to be. */
interface Emitted {
  readonly name: string;
  /** Its type: 0 is `() → ()`, 1 is `(i32) → ()`. */
  readonly type: 0 | 1;
  readonly body: Bytes;
  readonly exported: boolean;
}

const nothing: Bytes = [0x60, 0, 0];
const oneInteger: Bytes = [0x60, 1, 0x7f, 0];

/**
 * The module's bytes. It imports `env.memory` and exports `run` and, for measuring, each kernel
 * under its own name. With several threads it exports `run0`, `run1`, … in place of `run`, and
 * imports `env.late`, which a thread calls again and again while it waits for the others, with how
 * often it has in this meeting. One function per kernel: V8 does not replace a running loop by its
 * optimized version, so one large function would stay in the baseline compiler.
 */
export function emitModule(
  kernels: readonly Kernel[],
  options: WasmOptions,
): Uint8Array<ArrayBuffer> {
  const { threads } = options;
  const imported = threads === undefined ? [] : ["late"];
  const first = imported.length;
  const functions: Emitted[] = [
    ...kernels.map((kernel): Emitted => {
      const { name } = kernel;
      return { name, type: 0, body: emitFunction(kernel, options), exported: true };
    }),
    ...(threads === undefined ? [runAll(kernels.length)] : runShares(kernels, threads, first)),
  ];
  const exported = functions.flatMap(({ name, exported: open }, i) =>
    open ? [[...text(name), 0x00, ...unsigned(first + i)]] : [],
  );
  const names = [...imported, ...functions.map(({ name }) => name)];
  return Uint8Array.from([
    ...MAGIC,
    ...section(1, vector(threads === undefined ? [nothing] : [nothing, oneInteger])),
    ...section(
      2,
      vector([
        [...text("env"), ...text("memory"), 0x02, ...limits(options.memory)],
        ...imported.map((name) => [...text("env"), ...text(name), 0x00, 1]),
      ]),
    ),
    ...section(3, vector(functions.map(({ type }) => [type]))),
    ...section(7, vector(exported)),
    ...section(10, vector(functions.map((each) => each.body))),
    ...section(0, [...text("name"), ...section(1, nameMap(names))]),
  ]);
}

function runAll(kernels: number): Emitted {
  const calls = Array.from({ length: kernels }, (_, index) => control.call(index)).flat();
  return { name: "run", type: 0, body: body([0], [...calls, ...control.end]), exported: true };
}

function runShares(kernels: readonly Kernel[], plan: ThreadPlan, first: number): Emitted[] {
  const indices = new Map(kernels.map((kernel, index) => [kernel, first + index]));
  const meet = first + kernels.length;
  const late = 0;
  return [
    {
      name: "meet",
      type: 1,
      body: body(meetLocals, meetCode(plan.counter, late)),
      exported: false,
    },
    ...Array.from({ length: plan.count }, (_, thread): Emitted => {
      const code = threadCode(plan, thread, (kernel) => indices.get(kernel)!, meet);
      return { name: `run${thread}`, type: 1, body: body([0], code), exported: true };
    }),
  ];
}

function limits({ minimum, maximum, shared }: WasmOptions["memory"]): Bytes {
  const flags = (maximum === undefined ? 0 : 1) | (shared ? 2 : 0);
  return [flags, ...unsigned(minimum), ...(maximum === undefined ? [] : unsigned(maximum))];
}

/** The custom name section: profilers show kernels by name. */
function nameMap(names: readonly string[]): Bytes {
  return vector(names.map((name, index) => [...unsigned(index), ...text(name)]));
}

function body(declaration: Bytes, code: Bytes): Bytes {
  const content = [...declaration, ...code];
  return [...unsigned(content.length), ...content];
}

function emitFunction(kernel: Kernel, { addressOf, relaxedFma }: WasmOptions): Bytes {
  const locals = makeLocals();
  const scope: Scope = {
    locals,
    ids: makeVariableIds(),
    pointers: makePointers(),
    addressOf,
    relaxedFma,
  };
  const code = emitStatements(kernel.body, scope);
  const constants = locals
    .constants()
    .flatMap(({ local: index, bytes }) => [...vectorOp.const, ...bytes, ...local.set(index)]);
  return body(locals.declaration(), [...constants, ...code, ...control.end]);
}

function emitStatements(statements: readonly Stmt[], scope: Scope): Bytes {
  return statements.flatMap((statement) => {
    switch (statement.kind) {
      case "for":
        return emitLoop(statement, scope);
      case "set":
        return [
          ...emitExpression(statement.value, scope),
          ...local.set(scope.locals.ofRegister(statement.register)),
        ];
      case "store":
        return emitStore(statement, scope);
    }
  });
}

/** A pointer that a loop moves on by so many bytes per iteration. */
interface Advance {
  readonly pointer: number;
  readonly bytes: number;
}

/**
 * A loop, which runs at least once. Its end is tested on a pointer where one rises and the
 * variable itself is not needed.
 */
function emitLoop(loop: ForLoop, scope: Scope): Bytes {
  const inner: Scope = { ...scope, pointers: scope.pointers.nested() };
  const counter = scope.locals.ofLoop(loop.variable);
  const start = [...integer.const, ...signed(loop.from), ...local.set(counter)];
  const { setUp, advances } = preparePointers(loop, scope, inner);
  const code = emitStatements(loop.body, inner);
  const bumps = advances.flatMap(({ pointer, bytes }) => addTo(pointer, bytes));
  const leader = advances.find(({ bytes }) => bytes > 0);
  if (leader !== undefined && !needsCounter(loop.variable, loop.body)) {
    const limit = scope.locals.fresh("i32");
    const distance = (leader.bytes * (loop.to - loop.from)) / loop.step;
    return [
      ...start,
      ...setUp,
      ...local.get(leader.pointer),
      ...integer.const,
      ...signed(distance),
      ...integer.add,
      ...local.set(limit),
      ...control.loop,
      ...code,
      ...bumps,
      ...local.get(leader.pointer),
      ...local.get(limit),
      ...repeatWhileLess,
    ];
  }
  return [
    ...start,
    ...setUp,
    ...control.loop,
    ...code,
    ...bumps,
    ...addTo(counter, loop.step),
    ...local.get(counter),
    ...integer.const,
    ...signed(loop.to),
    ...repeatWhileLess,
  ];
}

type ForLoop = Extract<Stmt, { kind: "for" }>;

const repeatWhileLess: Bytes = [...integer.lessThan, ...control.branchIf(0), ...control.end];

function addTo(target: number, amount: number): Bytes {
  return [
    ...local.get(target),
    ...integer.const,
    ...signed(amount),
    ...integer.add,
    ...local.set(target),
  ];
}

/** Computes the pointers that the loop's own statements use, before it starts. */
function preparePointers(
  loop: ForLoop,
  scope: Scope,
  inner: Scope,
): { readonly setUp: Bytes; readonly advances: readonly Advance[] } {
  const setUp: number[] = [];
  const advances: Advance[] = [];
  for (const access of directAccesses(loop.body)) {
    const { terms } = access.index;
    // A register may change inside the loop; loop variables further out may not.
    if (terms.some(({ variable }) => "lanes" in variable)) continue;
    const key = pointerKey(access, scope);
    if (key === "" || inner.pointers.find(key) !== undefined) continue;
    const pointer = scope.locals.fresh("i32");
    inner.pointers.add(key, pointer);
    setUp.push(...computePointer(access, scope), ...local.set(pointer));
    const own = terms.find(({ variable }) => variable === loop.variable);
    if (own !== undefined) advances.push({ pointer, bytes: own.coefficient * loop.step * 4 });
  }
  return { setUp, advances };
}

function emitStore(store: Extract<Stmt, { kind: "store" }>, scope: Scope): Bytes {
  const { value, count } = store;
  const { lanes, type } = typeOf(value);
  const pointer = pushPointer(store, scope);
  const code = emitExpression(value, scope);
  const at = (element: number): Bytes => memoryArgument(store, scope.addressOf, element);
  if (lanes === 1) {
    return [...pointer, ...code, ...(type === "f32" ? memory.storeF32 : memory.storeI32), ...at(0)];
  }
  if (count === 4) return [...pointer, ...code, ...memory.storeVector, ...at(0)];
  const held = scope.locals.fresh("v128");
  const part = (instruction: Bytes, element: number, lane: number): Bytes => [
    ...pointer,
    ...local.get(held),
    ...instruction,
    ...at(element),
    lane,
  ];
  return [
    ...code,
    ...local.set(held),
    ...(count >= 2 ? part(memory.storeLane64, 0, 0) : part(memory.storeLane32, 0, 0)),
    ...(count === 3 ? part(memory.storeLane32, 2, 2) : []),
  ];
}
