/**
 * Runs kernels one operation at a time, in exact f32 and i32 arithmetic. It is what an emitter's
 * output is compared with, bit for bit; slow, but the cost is per operation, so wide lanes are fast.
 */
import { GraphError } from "../base/errors.ts";
import type { Buffer, Expr, Index, Kernel, LaneType, LoopVariable, Register, Stmt } from "./ir.ts";
import { typeOf } from "./ir.ts";
import { binaryScalars, fusedMultiplyAdd, shiftScalars, unaryScalars } from "./scalar-ops.ts";

export interface InterpretOptions {
  /** Whether `fma` rounds once, as with relaxed SIMD or AVX, or twice; default true. */
  readonly fma?: boolean;
}

/** The 4-byte elements of each buffer; either view of the bits will do. */
export type KernelMemory = ReadonlyMap<Buffer, Float32Array | Int32Array>;

type Lanes = Float32Array | Int32Array;
/** Computes into its own storage and returns that: valid until it runs again. */
type Run = () => Lanes;

interface Views {
  readonly f32: Float32Array;
  readonly i32: Int32Array;
}

interface Context {
  readonly name: string;
  readonly fma: boolean;
  readonly views: (buffer: Buffer) => Views;
  readonly register: (register: Register) => Lanes;
  /** The value of each loop variable, in an array of one. */
  readonly counter: (variable: LoopVariable) => Int32Array;
}

/**
 * Changes `memory` as the kernel would.
 *
 * Errors: GraphError for an access outside a buffer, or a buffer that `memory` lacks or holds in another length.
 */
export function interpretKernel(
  kernel: Kernel,
  memory: KernelMemory,
  options: InterpretOptions = {},
): void {
  const registers = new Map<Register, Lanes>();
  const counters = new Map<LoopVariable, Int32Array>();
  const views = new Map<Buffer, Views>();
  const context: Context = {
    name: kernel.name,
    fma: options.fma ?? true,
    views: (buffer) => memoize(views, buffer, () => viewsOf(buffer, memory, kernel.name)),
    register: (key) => memoize(registers, key, () => storage(key.type, key.lanes)),
    counter: (key) => memoize(counters, key, () => new Int32Array(1)),
  };
  for (const step of kernel.body.map((statement) => prepare(statement, context))) step();
}

function memoize<Key, Item>(map: Map<Key, Item>, key: Key, make: () => Item): Item {
  let item = map.get(key);
  if (item === undefined) map.set(key, (item = make()));
  return item;
}

function viewsOf(buffer: Buffer, memory: KernelMemory, kernel: string): Views {
  const data = memory.get(buffer);
  if (data?.length !== buffer.length) {
    throw new GraphError(
      `interpretKernel: ${buffer.name} must have ${buffer.length} elements, got ${data?.length ?? "none"} (kernel ${kernel})`,
    );
  }
  return {
    f32: new Float32Array(data.buffer, data.byteOffset, data.length),
    i32: new Int32Array(data.buffer, data.byteOffset, data.length),
  };
}

function storage(type: LaneType, lanes: number): Lanes {
  return type === "f32" ? new Float32Array(lanes) : new Int32Array(lanes);
}

function prepare(statement: Stmt, context: Context): () => void {
  switch (statement.kind) {
    case "for": {
      const { from, to, step } = statement;
      const counter = context.counter(statement.variable);
      const body = statement.body.map((inner) => prepare(inner, context));
      return () => {
        for (let at = from; at < to; at += step) {
          counter[0] = at;
          for (const run of body) run();
        }
      };
    }
    case "set": {
      const value = prepareExpr(statement.value, context);
      const target = context.register(statement.register);
      return () => target.set(value());
    }
    case "store": {
      const { buffer, count } = statement;
      const value = prepareExpr(statement.value, context);
      const index = prepareIndex(statement.index, context);
      const view = context.views(buffer)[typeOf(statement.value).type === "i32" ? "i32" : "f32"];
      return () => {
        const lanes = value();
        const first = index();
        for (let lane = 0; lane < count; lane++) {
          view[within(buffer, first + lane, context)] = lanes[lane]!;
        }
      };
    }
  }
}

function within(buffer: Buffer, at: number, context: Context): number {
  if (at >= 0 && at < buffer.length) return at;
  throw new GraphError(
    `interpretKernel: elements must lie within ${buffer.name}, 0..${buffer.length - 1}, got ${at} (kernel ${context.name})`,
  );
}

function prepareIndex({ terms, offset }: Index, context: Context): () => number {
  const parts = terms.map(({ variable, coefficient }) => ({
    value: "type" in variable ? context.register(variable) : context.counter(variable),
    coefficient,
  }));
  return () => {
    let at = offset;
    for (const { value, coefficient } of parts) at += value[0]! * coefficient;
    return at;
  };
}

function prepareExpr(expr: Expr, context: Context): Run {
  const { type, lanes } = typeOf(expr);
  switch (expr.kind) {
    case "const": {
      const out = storage(type, lanes).fill(expr.value);
      return () => out;
    }
    case "register": {
      const out = context.register(expr.register);
      return () => out;
    }
    case "load":
      return prepareLoad(expr, context);
    case "splat": {
      const out = storage(type, lanes);
      const value = prepareExpr(expr.value, context);
      return () => out.fill(value()[0]!);
    }
    case "lane-index": {
      const out = storage(type, lanes);
      const index = prepareIndex(expr.index, context);
      return () => {
        const first = index();
        for (let lane = 0; lane < lanes; lane++) out[lane] = first + lane;
        return out;
      };
    }
    default:
      return prepareOperation(expr, storage(type, lanes), context);
  }
}

function prepareLoad(expr: Expr & { readonly kind: "load" }, context: Context): Run {
  const { type, lanes, buffer, stride, count } = expr;
  const out = storage(type, lanes);
  const view = context.views(buffer)[type];
  const index = prepareIndex(expr.index, context);
  return () => {
    const first = index();
    for (let lane = 0; lane < count; lane++) {
      out[lane] = view[within(buffer, first + lane * stride, context)]!;
    }
    return out;
  };
}

function prepareOperation(
  expr: Extract<Expr, { kind: "unary" | "binary" | "shift" | "fma" | "select" | "reduce" }>,
  out: Lanes,
  context: Context,
): Run {
  switch (expr.kind) {
    case "unary": {
      const operand = prepareExpr(expr.operand, context);
      if (expr.op === "i32.bits" || expr.op === "f32.bits") return reinterpret(operand, out);
      return map1(unaryScalars[expr.op], operand, out);
    }
    case "binary": {
      const left = prepareExpr(expr.left, context);
      return map2(binaryScalars[expr.op], left, prepareExpr(expr.right, context), out);
    }
    case "shift":
      return map1(shiftScalars(expr.op, expr.bits), prepareExpr(expr.operand, context), out);
    case "fma": {
      const scalar = context.fma ? fusedMultiplyAdd : multiplyThenAdd;
      const operands = [expr.left, expr.right, expr.addend].map((one) => prepareExpr(one, context));
      return map3(scalar, operands as [Run, Run, Run], out);
    }
    case "select": {
      const operands = [expr.mask, expr.ifTrue, expr.ifFalse].map((one) =>
        prepareExpr(one, context),
      );
      return map3((mask, a, b) => (mask === 0 ? b : a), operands as [Run, Run, Run], out);
    }
    case "reduce":
      return pairUp(binaryScalars[expr.op], prepareExpr(expr.value, context), out);
  }
}

function multiplyThenAdd(left: number, right: number, addend: number): number {
  return Math.fround(left * right) + addend;
}

/** Storing in `out` rounds to f32 or wraps to i32. */
function map1(scalar: (x: number) => number, operand: Run, out: Lanes): Run {
  return () => {
    const a = operand();
    for (let lane = 0; lane < out.length; lane++) out[lane] = scalar(a[lane]!);
    return out;
  };
}

function map2(scalar: (x: number, y: number) => number, left: Run, right: Run, out: Lanes): Run {
  return () => {
    const a = left();
    const b = right();
    for (let lane = 0; lane < out.length; lane++) out[lane] = scalar(a[lane]!, b[lane]!);
    return out;
  };
}

function map3(
  scalar: (x: number, y: number, z: number) => number,
  [first, second, third]: readonly [Run, Run, Run],
  out: Lanes,
): Run {
  return () => {
    const a = first();
    const b = second();
    const c = third();
    for (let lane = 0; lane < out.length; lane++) out[lane] = scalar(a[lane]!, b[lane]!, c[lane]!);
    return out;
  };
}

function reinterpret(operand: Run, out: Lanes): Run {
  const bytes = new Uint8Array(out.buffer);
  return () => {
    const from = operand();
    bytes.set(new Uint8Array(from.buffer, from.byteOffset, from.byteLength));
    return out;
  };
}

/** Combines neighbours until one lane is left; an odd last one stays as it is. */
function pairUp(scalar: (x: number, y: number) => number, value: Run, out: Lanes): Run {
  return () => {
    const lanes = value().slice();
    for (let width = lanes.length; width > 1; width = Math.ceil(width / 2)) {
      for (let lane = 0; lane < width; lane += 2) {
        const first = lanes[lane]!;
        lanes[lane / 2] = lane + 1 < width ? scalar(first, lanes[lane + 1]!) : first;
      }
    }
    out[0] = lanes[0]!;
    return out;
  };
}
