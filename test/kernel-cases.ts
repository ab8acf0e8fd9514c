/** Kernels that together use every operation of the kernel IR in every way, at any vector width. */
import {
  addIndex,
  binary,
  constantIndex,
  f32,
  fma,
  i32,
  kernelBuilder,
  load,
  scaleIndex,
  select,
  shift,
  splat,
  unary,
  variableIndex,
  type KernelBuilder,
} from "../src/loops/builder.ts";
import { interpretKernel } from "../src/loops/interpret.ts";
import {
  operandOfBinary,
  operandOfUnary,
  typeOf,
  type BinaryOp,
  type Buffer,
  type Expr,
  type Index,
  type Kernel,
  type LaneType,
  type ShiftOp,
  type UnaryOp,
} from "../src/loops/ir.ts";
import { verifyKernel } from "../src/loops/verify.ts";

export interface KernelCase {
  readonly name: string;
  /** Reads `left` and `right`, writes `out`. */
  readonly kernel: Kernel;
}

const unaryOps: Record<UnaryOp, true> = {
  "f32.neg": true,
  "f32.abs": true,
  "f32.sqrt": true,
  "f32.floor": true,
  "f32.nearest": true,
  "i32.from-f32": true,
  "f32.from-i32": true,
  "f32.from-u32": true,
  "i32.bits": true,
  "f32.bits": true,
  "mask.not": true,
  "i32.from-mask": true,
  "f32.from-mask": true,
};

const binaryOps: Record<BinaryOp, true> = {
  "f32.add": true,
  "f32.sub": true,
  "f32.mul": true,
  "f32.div": true,
  "f32.min": true,
  "f32.max": true,
  "f32.pmin": true,
  "f32.pmax": true,
  "f32.lt": true,
  "f32.le": true,
  "f32.eq": true,
  "i32.add": true,
  "i32.sub": true,
  "i32.mul": true,
  "i32.and": true,
  "i32.or": true,
  "i32.xor": true,
  "i32.min-s": true,
  "i32.max-s": true,
  "i32.lt-s": true,
  "i32.le-s": true,
  "i32.lt-u": true,
  "i32.le-u": true,
  "i32.eq": true,
  "mask.and": true,
  "mask.or": true,
};

const interesting = new Float32Array([
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  1.5,
  2.5,
  -2.5,
  3.7,
  -3.7,
  2 ** -149,
  -(2 ** -140),
  2 ** -126,
  2 ** 23,
  2 ** 24 + 2,
  -(2 ** 31),
  2 ** 31,
  4e9,
  3e38,
  -3e38,
  Infinity,
  -Infinity,
  NaN,
  Math.PI,
  -Math.E,
  1e-20,
  12345.678,
]);

/** Every pair of interesting values, as the left and right halves of the input. */
export const pairs: number = interesting.length ** 2;
const left: Buffer = { name: "left", length: pairs };
const right: Buffer = { name: "right", length: pairs };
export const out: Buffer = { name: "out", length: pairs };
export const buffers: readonly Buffer[] = [left, right, out];

export function pairValues(): Map<Buffer, Float32Array<ArrayBuffer>> {
  const { length } = interesting;
  return new Map([
    [left, Float32Array.from({ length: pairs }, (_, at) => interesting[at % length]!)],
    [right, Float32Array.from({ length: pairs }, (_, at) => interesting[Math.floor(at / length)]!)],
    [out, new Float32Array(pairs).fill(7)],
  ]);
}

/** The bits of `out` after the kernel, NaN of any kind as one. */
export function bitsOf(output: Float32Array): Int32Array {
  const bits = new Int32Array(output.buffer, output.byteOffset, output.length).slice();
  return bits.map((value, at) => (Number.isNaN(output[at]) ? 0x7fc00000 : value));
}

/** The bits of `out` after the kernel, by the interpreter. `fused`: multiply-adds round once. */
export function expectedBits(kernel: Kernel, fused: boolean): Int32Array {
  const memory = pairValues();
  verifyKernel(kernel);
  interpretKernel(kernel, memory, { fma: fused });
  return bitsOf(memory.get(out)!);
}

/** Where the two differ, with both bit patterns. */
export function differences(found: Int32Array, expected: Int32Array): string[] {
  return [...expected].flatMap((bits, at) =>
    bits === found[at] ? [] : [`element ${at}: ${found[at]}, interpreter ${bits}`],
  );
}

type Operands = (type: LaneType, buffer: Buffer) => Expr;

/** `build` over all pairs, `lanes` at a time; a mask is made from the operand's sign. */
function overPairs(
  name: string,
  lanes: number,
  build: (operand: Operands, k: KernelBuilder) => Expr,
): KernelCase {
  const k = kernelBuilder(name);
  k.loop("i", 0, pairs, lanes, (at) => {
    const operand: Operands = (type, buffer) => {
      if (type !== "mask") return load(buffer, at, { type, lanes });
      return binary("i32.lt-s", load(buffer, at, { type: "i32", lanes }), i32(0, lanes));
    };
    const value = build(operand, k);
    const isMask = typeOf(value).type === "mask";
    k.store(out, at, isMask ? unary("i32.from-mask", value) : value);
  });
  return { name, kernel: k.finish() };
}

const shifts: readonly (readonly [ShiftOp, number])[] = [
  ["i32.shl", 1],
  ["i32.shl", 31],
  ["i32.shr-u", 9],
  ["i32.shr-s", 23],
  ["i32.shr-s", 0],
];

/** Every operation on every pair of interesting values. */
export function operationCases(lanes: number): KernelCase[] {
  const over = (name: string, build: (operand: Operands, k: KernelBuilder) => Expr): KernelCase =>
    overPairs(name, lanes, build);
  return [
    ...(Object.keys(unaryOps) as UnaryOp[]).map((op) =>
      over(op, (operand) => unary(op, operand(operandOfUnary(op), left))),
    ),
    ...(Object.keys(binaryOps) as BinaryOp[]).map((op) => {
      const type = operandOfBinary(op);
      return over(op, (operand) => binary(op, operand(type, left), operand(type, right)));
    }),
    ...shifts.map(([op, bits]) =>
      over(`${op} by ${bits}`, (operand) => shift(op, operand("i32", left), bits)),
    ),
    ...(["f32", "i32"] as const).map((type) =>
      over(`select, of ${type}`, (operand) =>
        select(operand("mask", right), operand(type, left), operand(type, right)),
      ),
    ),
    over("a mask in a register, and its constants", (operand, k) => {
      const always: Expr = { kind: "const", type: "mask", lanes, value: 1 };
      const mask = k.let(binary("mask.and", operand("mask", left), always));
      return select(unary("mask.not", mask), operand("f32", left), operand("f32", right));
    }),
    over("a multiplication and an addition, each rounded", (operand) =>
      binary(
        "f32.add",
        binary("f32.mul", operand("f32", left), operand("f32", right)),
        f32(1 / 3, lanes),
      ),
    ),
    over("fma", (operand) => fma(operand("f32", left), operand("f32", right), f32(1 / 3, lanes))),
    ...[0, -1, 63, 64, -65, 2 ** 31 - 1, -(2 ** 31), 2654435769].map((value) =>
      over(`constant ${value}`, (operand) =>
        binary("i32.xor", operand("i32", left), i32(value, lanes)),
      ),
    ),
    ...[-0, NaN, Infinity, -Infinity, 0.1, -3, 2 ** -149, 3e38].map((value) =>
      over(`constant ${value} of f32`, (operand) =>
        binary("f32.add", operand("f32", left), f32(value, lanes)),
      ),
    ),
  ];
}

/** Vectors and memory: parts of vectors, strides, splats, indices, sums over lanes, loops. */
export function vectorCases(lanes: number): KernelCase[] {
  const counts = Array.from({ length: lanes }, (_, i) => i + 1);
  const strides = [1, 2, -3, 28];
  return [
    ...counts.flatMap((count) => strides.map((stride) => partial(lanes, count, stride))),
    splats(lanes),
    laneIndices(lanes),
    registerIndices(lanes),
    ...(["f32.add", "f32.max"] as const).map((op) => reduction(op, lanes)),
    nestedLoops(lanes),
  ];
}

/** A multiple of every width. */
const SPAN = 96;

function partial(lanes: number, count: number, stride: number): KernelCase {
  const name = `${count} of ${lanes} lanes, loaded with stride ${stride} and stored`;
  const k = kernelBuilder(name);
  k.loop("i", 0, SPAN, lanes, (at) => {
    const from = addIndex(scaleIndex(at, 3), constantIndex(64));
    k.store(out, at, load(left, from, { lanes, stride, count }), count);
    k.store(out, addIndex(at, constantIndex(100)), load(right, from, { lanes, stride, count }));
    const whole = load(right, from, { type: "i32", lanes, stride });
    k.store(out, addIndex(at, constantIndex(200)), whole, count);
    const part = load(right, from, { type: "i32", lanes, stride, count });
    k.store(out, addIndex(at, constantIndex(300)), part);
  });
  return { name, kernel: k.finish() };
}

function splats(lanes: number): KernelCase {
  const k = kernelBuilder("splats");
  k.loop("i", 0, SPAN, lanes, (at) => {
    const one = k.let(load(left, at));
    const negative = splat(binary("f32.lt", one, f32(0, 1)), lanes);
    k.store(out, at, select(negative, splat(load(right, at), lanes), splat(one, lanes)));
    const bits = splat(load(left, at, { type: "i32" }), lanes);
    k.store(out, addIndex(at, constantIndex(100)), bits);
  });
  return { name: "splats of loads, of registers and of masks", kernel: k.finish() };
}

function laneIndices(lanes: number): KernelCase {
  const k = kernelBuilder("iota");
  k.loop("i", 0, 3 * lanes, lanes, (i) => {
    k.loop("j", 0, 3, 1, (j) => {
      const row = k.variable(unary("i32.from-f32", f32(5, 1)), "row");
      const index = addIndex(addIndex(scaleIndex(i, -7), j), variableIndex(row, 3));
      const target = (start: number): Index =>
        addIndex(addIndex(scaleIndex(j, 3 * lanes), i), constantIndex(start));
      k.store(out, target(0), { kind: "lane-index", index, lanes });
      k.store(out, target(400), { kind: "lane-index", index, lanes: 1 });
    });
  });
  return { name: "lane-index counts on from an index of loops and registers", kernel: k.finish() };
}

function registerIndices(lanes: number): KernelCase {
  const k = kernelBuilder("gather");
  k.loop("i", 0, 20, 1, (i) => {
    const mixed = binary("i32.mul", { kind: "lane-index", index: i, lanes: 1 }, i32(7, 1));
    const row = k.variable(binary("i32.and", mixed, i32(15, 1)), "row");
    const from = addIndex(variableIndex(row, 3), scaleIndex(i, 2));
    k.store(out, scaleIndex(i, lanes), load(left, from, { lanes }));
    k.store(out, addIndex(variableIndex(row), constantIndex(400)), load(right, from));
  });
  return { name: "indices made of registers gather and scatter", kernel: k.finish() };
}

function reduction(op: "f32.add" | "f32.max", lanes: number): KernelCase {
  const k = kernelBuilder("reduce");
  k.loop("i", 0, pairs, lanes, (at) => {
    k.store(out, at, { kind: "reduce", op, value: load(left, at, { lanes }) });
  });
  return { name: `reduce by ${op}`, kernel: k.finish() };
}

function nestedLoops(lanes: number): KernelCase {
  const k = kernelBuilder("nested");
  k.loop("i", 0, 6, 2, (i) => {
    const sum = k.variable(f32(0, lanes), "sum");
    const held: Expr = { kind: "register", register: sum };
    k.loop("j", 3, 15, 3, (j) => {
      const index = addIndex(scaleIndex(i, 9), scaleIndex(j, 4));
      const at = addIndex(index, constantIndex(5));
      const value = unary("f32.from-i32", load(left, at, { type: "i32", lanes }));
      k.set(sum, binary("f32.add", held, value));
    });
    k.store(out, scaleIndex(i, lanes), held);
  });
  return { name: "an accumulator lives on over nested loops", kernel: k.finish() };
}
