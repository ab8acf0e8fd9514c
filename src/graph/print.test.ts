import { expect, test } from "vitest";
import { add, input, matmul, mul, printProgram, sigmoid, state, sub, sum } from "./index.ts";

test("a program prints its values, outputs and writes", () => {
  const weight = { name: "0.weight", shape: [3, 4], dtype: "f32" } as const;
  const x = input("x", [2, 3]);
  const hidden = sigmoid(add(matmul(x, state(weight)), 1));
  const program = {
    outputs: { loss: sum(hidden), hidden },
    writes: [{ slot: weight, value: sub(state(weight), mul(state(weight), 0.1)) }],
  };
  expect(printProgram(program)).toMatchInlineSnapshot(`
    "%0 = input f32 [2, 3] {name: "x"}
    %1 = state f32 [3, 4] {slot: "0.weight"}
    %2 = matmul(%0, %1) f32 [2, 4] {transposeX: false, transposeY: false}
    %3 = constant f32 [2, 4] {value: 1}
    %4 = add(%2, %3) f32 [2, 4]
    %5 = sigmoid(%4) f32 [2, 4]
    %6 = sum(%5) f32 [] {axes: [0, 1]}
    %7 = state f32 [3, 4] {slot: "0.weight"}
    %8 = state f32 [3, 4] {slot: "0.weight"}
    %9 = constant f32 [3, 4] {value: 0.1}
    %10 = mul(%8, %9) f32 [3, 4]
    %11 = sub(%7, %10) f32 [3, 4]
    output loss = %6
    output hidden = %5
    write 0.weight = %11
    "
  `);
});

test("numbers that JSON cannot write are printed as they are", () => {
  const line = printProgram({ outputs: { y: add(input("x", [2]), -Infinity) }, writes: [] });
  expect(line).toContain("constant f32 [2] {value: -Infinity}");
  expect(printProgram({ outputs: { y: mul(input("x", [2]), -0) }, writes: [] })).toContain("-0");
});
