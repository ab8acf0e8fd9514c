/** Every operation of the kernel IR: the interpreter and emitted WebAssembly must agree bit for bit. */
import { describe, expect, test } from "vitest";
import { emitModule } from "../src/emit/wasm/module.ts";
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
  type LaneType,
  type ShiftOp,
  type UnaryOp,
} from "../src/loops/ir.ts";
import { verifyKernel } from "../src/loops/verify.ts";

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
const pairs = interesting.length ** 2;
const left: Buffer = { name: "left", length: pairs };
const right: Buffer = { name: "right", length: pairs };
const out: Buffer = { name: "out", length: pairs };
const buffers = [left, right, out];

function pairValues(): Map<Buffer, Float32Array> {
  const { length } = interesting;
  return new Map([
    [left, Float32Array.from({ length: pairs }, (_, at) => interesting[at % length]!)],
    [right, Float32Array.from({ length: pairs }, (_, at) => interesting[Math.floor(at / length)]!)],
    [out, new Float32Array(pairs).fill(7)],
  ]);
}

/** The bits of `out` after the kernel, NaN of any kind as one. */
function bitsOf(output: Float32Array): Int32Array {
  const bits = new Int32Array(output.buffer, output.byteOffset, output.length).slice();
  return bits.map((value, at) => (Number.isNaN(output[at]) ? 0x7fc00000 : value));
}

function byInterpreter(k: KernelBuilder, fused: boolean): Int32Array {
  const memory = pairValues();
  const kernel = k.finish();
  verifyKernel(kernel);
  interpretKernel(kernel, memory, { fma: fused });
  return bitsOf(memory.get(out)!);
}

function byWasm(k: KernelBuilder, relaxedFma: boolean): Int32Array {
  const pages = Math.ceil((pairs * 4 * buffers.length) / 65_536);
  const memory = new WebAssembly.Memory({ initial: pages });
  const values = pairValues();
  for (const [at, buffer] of buffers.entries()) {
    new Float32Array(memory.buffer, at * pairs * 4, pairs).set(values.get(buffer)!);
  }
  const bytes = emitModule([k.finish()], {
    addressOf: (buffer) => buffers.indexOf(buffer) * pairs * 4,
    relaxedFma,
    memory: { minimum: pages, shared: false },
  });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  (instance.exports["run"] as () => void)();
  return bitsOf(new Float32Array(memory.buffer, 2 * pairs * 4, pairs));
}

type Operands = (type: LaneType, buffer: Buffer) => Expr;

/** `build` over all pairs, `lanes` at a time; a mask is made from the operand's sign. */
function overPairs(
  lanes: number,
  build: (operand: Operands, k: KernelBuilder) => Expr,
): KernelBuilder {
  const k = kernelBuilder("ops");
  k.loop("i", 0, pairs, lanes, (at) => {
    const operand: Operands = (type, buffer) => {
      if (type !== "mask") return load(buffer, at, { type, lanes });
      return binary("i32.lt-s", load(buffer, at, { type: "i32", lanes }), i32(0, lanes));
    };
    const value = build(operand, k);
    const isMask = typeOf(value).type === "mask";
    k.store(out, at, isMask ? unary("i32.from-mask", value) : value);
  });
  return k;
}

/** Where the two differ, with both bit patterns. */
function disagreements(k: KernelBuilder, fused = false): string[] {
  const expected = byInterpreter(k, fused);
  const found = byWasm(k, fused);
  return [...expected].flatMap((bits, at) =>
    bits === found[at] ? [] : [`element ${at}: ${found[at]}, interpreter ${bits}`],
  );
}

describe.each([1, 4])("with %d lanes", (lanes) => {
  test.each(Object.keys(unaryOps) as UnaryOp[])("%s", (op) => {
    expect(
      disagreements(overPairs(lanes, (operand) => unary(op, operand(operandOfUnary(op), left)))),
    ).toEqual([]);
  });

  test.each(Object.keys(binaryOps) as BinaryOp[])("%s", (op) => {
    const type = operandOfBinary(op);
    expect(
      disagreements(
        overPairs(lanes, (operand) => binary(op, operand(type, left), operand(type, right))),
      ),
    ).toEqual([]);
  });

  test.each<[ShiftOp, number]>([
    ["i32.shl", 1],
    ["i32.shl", 31],
    ["i32.shr-u", 9],
    ["i32.shr-s", 23],
    ["i32.shr-s", 0],
  ])("%s by %d", (op, bits) => {
    expect(
      disagreements(overPairs(lanes, (operand) => shift(op, operand("i32", left), bits))),
    ).toEqual([]);
  });

  test("select, of f32 and of i32", () => {
    for (const type of ["f32", "i32"] as const) {
      const build = (operand: Operands): Expr =>
        select(operand("mask", right), operand(type, left), operand(type, right));
      expect(disagreements(overPairs(lanes, build))).toEqual([]);
    }
  });

  test("a mask in a register, and its constants", () => {
    const build = (operand: Operands, k: KernelBuilder): Expr => {
      const always: Expr = { kind: "const", type: "mask", lanes, value: 1 };
      const mask = k.let(binary("mask.and", operand("mask", left), always));
      return select(unary("mask.not", mask), operand("f32", left), operand("f32", right));
    };
    expect(disagreements(overPairs(lanes, build))).toEqual([]);
  });

  test("fma, rounding twice", () => {
    const build = (operand: Operands): Expr =>
      fma(operand("f32", left), operand("f32", right), f32(1 / 3, lanes));
    expect(disagreements(overPairs(lanes, build))).toEqual([]);
  });

  test("constants of every size", () => {
    for (const value of [0, -1, 63, 64, -65, 2 ** 31 - 1, -(2 ** 31), 2654435769]) {
      expect(
        disagreements(
          overPairs(lanes, (operand) => binary("i32.xor", operand("i32", left), i32(value, lanes))),
        ),
      ).toEqual([]);
    }
    for (const value of [-0, NaN, Infinity, 0.1]) {
      expect(
        disagreements(
          overPairs(lanes, (operand) => binary("f32.add", operand("f32", left), f32(value, lanes))),
        ),
      ).toEqual([]);
    }
  });
});

test("fma, rounding once", () => {
  const build = (operand: Operands): Expr =>
    fma(operand("f32", left), operand("f32", right), f32(1 / 3, 4));
  expect(disagreements(overPairs(4, build), true)).toEqual([]);
});

describe.each([1, 2, 3, 4])("%d of four lanes", (count) => {
  test.each([1, 2, -3, 28])("loaded with stride %d and stored", (stride) => {
    const k = kernelBuilder("partial");
    const low = 16;
    k.loop("i", 0, 96, 4, (at) => {
      const from = addIndex(scaleIndex(at, 5), constantIndex(low));
      k.store(out, at, load(left, from, { lanes: 4, stride, count }), count);
      k.store(
        out,
        addIndex(at, constantIndex(100)),
        load(right, from, { lanes: 4, stride, count }),
      );
      const whole = load(right, from, { type: "i32", lanes: 4, stride });
      k.store(out, addIndex(at, constantIndex(200)), whole, count);
    });
    expect(disagreements(k)).toEqual([]);
  });
});

test("splats of loads, of registers and of masks", () => {
  const k = kernelBuilder("splats");
  k.loop("i", 0, 100, 4, (at) => {
    const one = k.let(load(left, at));
    const negative = splat(binary("f32.lt", one, f32(0, 1)), 4);
    k.store(out, at, select(negative, splat(load(right, at), 4), splat(one, 4)));
    const bits = splat(load(left, at, { type: "i32" }), 4);
    k.store(out, addIndex(at, constantIndex(100)), bits);
  });
  expect(disagreements(k)).toEqual([]);
});

test("lane-index counts on from an index of loops and registers", () => {
  const k = kernelBuilder("iota");
  k.loop("i", 0, 12, 4, (i) => {
    k.loop("j", 0, 3, 1, (j) => {
      const row = k.variable(unary("i32.from-f32", f32(5, 1)), "row");
      const index = addIndex(addIndex(scaleIndex(i, -7), j), variableIndex(row, 3));
      const target = (start: number): Index =>
        addIndex(addIndex(scaleIndex(j, 12), i), constantIndex(start));
      k.store(out, target(0), { kind: "lane-index", index, lanes: 4 });
      k.store(out, target(100), { kind: "lane-index", index, lanes: 1 });
    });
  });
  expect(disagreements(k)).toEqual([]);
});

test("indices made of registers gather and scatter", () => {
  const k = kernelBuilder("gather");
  k.loop("i", 0, 20, 1, (i) => {
    const mixed = binary("i32.mul", { kind: "lane-index", index: i, lanes: 1 }, i32(7, 1));
    const row = k.variable(binary("i32.and", mixed, i32(15, 1)), "row");
    const from = addIndex(variableIndex(row, 3), scaleIndex(i, 2));
    k.store(out, scaleIndex(i, 4), load(left, from, { lanes: 4 }));
    k.store(out, addIndex(variableIndex(row), constantIndex(300)), load(right, from));
  });
  expect(disagreements(k)).toEqual([]);
});

test.each(["f32.add", "f32.max"] as const)("reduce by %s", (op) => {
  const k = kernelBuilder("reduce");
  k.loop("i", 0, pairs, 4, (at) => {
    k.store(out, at, { kind: "reduce", op, value: load(left, at, { lanes: 4 }) });
  });
  expect(disagreements(k)).toEqual([]);
});

test("an accumulator lives on over nested loops", () => {
  const k = kernelBuilder("nested");
  k.loop("i", 0, 6, 2, (i) => {
    const sum = k.variable(f32(0, 4), "sum");
    const held: Expr = { kind: "register", register: sum };
    k.loop("j", 3, 15, 3, (j) => {
      const index = addIndex(scaleIndex(i, 9), scaleIndex(j, 4));
      const at = addIndex(index, constantIndex(5));
      k.set(
        sum,
        binary("f32.add", held, unary("f32.from-i32", load(left, at, { type: "i32", lanes: 4 }))),
      );
    });
    k.store(out, scaleIndex(i, 2), held);
  });
  expect(disagreements(k)).toEqual([]);
});
