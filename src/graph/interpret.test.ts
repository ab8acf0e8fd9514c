import { expect, test } from "vitest";
import { add, derivatives, input, interpret, mul, state, sum } from "./index.ts";
import type { Slot } from "./value.ts";

const slot: Slot = { name: "w", shape: [2], dtype: "f32" };

test("all reads see the slots as they were, writes come together at the end", () => {
  const other: Slot = { name: "v", shape: [2], dtype: "f32" };
  const w = Float64Array.of(1, 2);
  const v = Float64Array.of(10, 20);
  const { writes } = interpret(
    {
      outputs: {},
      writes: [
        { slot, value: state(other) },
        { slot: other, value: add(state(slot), state(other)) },
      ],
    },
    {
      slots: new Map([
        [slot, w],
        [other, v],
      ]),
    },
  );
  expect([...writes.get(slot)!]).toEqual([10, 20]);
  expect([...writes.get(other)!]).toEqual([11, 22]);
  expect([...w, ...v]).toEqual([1, 2, 10, 20]);
});

test("takes plain arrays, typed arrays and its own results", () => {
  const y = mul(input("a", [2]), input("b", [2]));
  const first = interpret(
    { outputs: { y }, writes: [] },
    { inputs: { a: [2, 3], b: Float32Array.of(5, 7) } },
  );
  const again = { inputs: { a: first.outputs["y"]!, b: [1, 2] } };
  expect([...interpret({ outputs: { y }, writes: [] }, again).outputs["y"]!.data]).toEqual([
    10, 42,
  ]);
});

test.each([
  ["a missing input", { a: [1, 2] }, 'interpret: input "b" must be given, got nothing'],
  ["a wrong length", { a: [1, 2], b: [1] }, 'interpret: input "b" must have 2 elements [2], got 1'],
])("refuses %s", (_, inputs, message) => {
  const y = mul(input("a", [2]), input("b", [2]));
  expect(() => interpret({ outputs: { y }, writes: [] }, { inputs })).toThrow(message);
});

test("refuses a missing slot", () => {
  expect(() => interpret({ outputs: { y: state(slot) }, writes: [] }, {})).toThrow(
    'interpret: slot "w" must be given, got nothing',
  );
});

test("refuses a derivative that has not been replaced", () => {
  const x = input("x", [2]);
  const program = { outputs: { dx: derivatives(sum(x), [x])[0]! }, writes: [] };
  expect(() => interpret(program, { inputs: { x: [1, 2] } })).toThrow(
    "interpret: op must have a meaning, got derivative (differentiate first)",
  );
});
