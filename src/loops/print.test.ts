import { expect, test } from "vitest";
import {
  add,
  addIndex,
  binary,
  constantIndex,
  f32,
  fma,
  i32,
  kernelBuilder,
  load,
  mul,
  scaleIndex,
  select,
  shift,
  splat,
  unary,
  variableIndex,
  zeroIndex,
} from "./builder.ts";
import { printIndex, printKernel } from "./print.ts";

test("a matrix product reads as loops and fused multiply-adds", () => {
  const x = { name: "x", length: 60 * 784 };
  const w = { name: "w", length: 784 * 4 };
  const y = { name: "y", length: 60 * 4 };
  const k = kernelBuilder("matmul");
  k.loop("m", 0, 60, 3, (m) => {
    const sum = k.variable(f32(0, 4), "sum");
    k.loop("k", 0, 784, 1, (at) => {
      const left = splat(load(x, addIndex(scaleIndex(m, 784), at)), 4);
      const right = load(w, scaleIndex(at, 4), { lanes: 4 });
      k.set(sum, fma(left, right, { kind: "register", register: sum }));
    });
    k.store(y, scaleIndex(m, 4), { kind: "register", register: sum });
  });
  expect(printKernel(k.finish())).toBe(`\
kernel matmul {
  for m0 in 0..60 by 3 {
    sum1: f32x4 = 0
    for k2 in 0..784 {
      sum1 = fma(splat(x[m0*784 + k2]), w[k2*4 :4], sum1)
    }
    y[m0*4 :4] = sum1
  }
}
`);
});

test("every kind of expression has its notation", () => {
  const x = { name: "x", length: 100 };
  const k = kernelBuilder("all");
  const a = k.let(load(x, constantIndex(1), { lanes: 4, count: 3, stride: 10 }), "a");
  const bits = k.let(load(x, zeroIndex, { type: "i32", lanes: 4 }), "bits");
  const mask = k.let(
    binary("mask.and", binary("f32.lt", a, f32(-0, 4)), binary("i32.lt-u", bits, i32(7, 4))),
  );
  k.let(select(mask, mul(add(a, f32(0.5, 4)), a), unary("f32.neg", a)));
  k.let(shift("i32.shr-s", unary("i32.bits", a), 3));
  k.let({ kind: "lane-index", index: constantIndex(5), lanes: 4 });
  k.let(unary("f32.from-i32", bits));
  const most = k.let({ kind: "reduce", op: "f32.max", value: a }, "most");
  k.store(x, zeroIndex, most);
  k.store(x, zeroIndex, a, 2);
  expect(printKernel(k.finish())).toBe(`\
kernel all {
  a0: f32x4 = x[1 :3 of 4 by 10]
  bits1: i32x4 = x.i32[0 :4]
  t2: maskx4 = (a0 < -0) and i32.lt-u(bits1, 7i)
  t3: f32x4 = select(t2, (a0 + 0.5) * a0, neg(a0))
  t4: i32x4 = i32.shr-s(i32.bits(a0), 3)
  t5: i32x4 = iota(5)
  t6: f32x4 = f32.from-i32(bits1)
  most7: f32 = reduce.max(a0)
  x[0] = most7
  x[0 :2] = a0
}
`);
});

test("an index keeps its signs", () => {
  const i = variableIndex({ name: "i" }, -1);
  const j = variableIndex({ name: "j" }, -3);
  expect(printIndex(zeroIndex)).toBe("0");
  expect(printIndex(constantIndex(-4))).toBe("-4");
  expect(printIndex(addIndex(addIndex(i, j), constantIndex(-2)))).toBe("-i - j*3 - 2");
});
