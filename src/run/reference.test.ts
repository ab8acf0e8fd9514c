import { expect, test } from "vitest";
import { BackendError, ShapeError } from "../base/errors.ts";
import {
  add,
  cast,
  crossEntropy,
  derivatives,
  greater,
  input,
  matmul,
  mul,
  shiftRight,
  state,
  sub,
  sum,
  type Program,
  type Slot,
} from "../graph/index.ts";
import { reference } from "./reference.ts";

const weight: Slot = { name: "weight", shape: [2, 2], dtype: "f32" };

function trainStep(): Program {
  const logits = matmul(input("x", [4, 2]), state(weight));
  const loss = crossEntropy(logits, input("labels", [4], "i32"));
  const [gradient] = derivatives(loss, [state(weight)]);
  return {
    outputs: { loss },
    writes: [{ slot: weight, value: sub(state(weight), mul(gradient!, 0.5)) }],
  };
}

test("the reference backend trains: slots start at zero and change with each run", async () => {
  const session = await reference.open();
  const step = await session.compile(trainStep());
  step.input("x").set([1, 0, 0, 1, 1, 0, 0, 1]);
  step.input("labels").set([0, 1, 0, 1]);
  step.run();
  expect(step.output("loss")[0]).toBeCloseTo(Math.log(2), 6);
  // By hand: softmax is 1/2 everywhere, so each weight moves by 0.5 · 2 · 0.5 / 4.
  expect([...session.read(weight)]).toEqual([0.125, -0.125, -0.125, 0.125]);
  step.run();
  expect(step.output("loss")[0]).toBeCloseTo(Math.log(1 + Math.exp(-0.25)), 6);
});

test("programs of one session share slots, sessions share nothing", async () => {
  const [session, other] = [await reference.open(), await reference.open()];
  session.write(weight, [1, 2, 3, 4]);
  const total = { outputs: { total: sum(state(weight)) }, writes: [] };
  const [here, there] = [await session.compile(total), await other.compile(total)];
  here.run();
  there.run();
  expect([here.output("total")[0], there.output("total")[0]]).toEqual([10, 0]);
  expect([...other.read(weight)]).toEqual([0, 0, 0, 0]);
});

test("what is read is a copy", async () => {
  const session = await reference.open();
  session.write(weight, [1, 2, 3, 4]);
  session.read(weight).fill(9);
  expect([...session.read(weight)]).toEqual([1, 2, 3, 4]);
});

test("two slots may exchange their contents, and stay apart", async () => {
  const other: Slot = { name: "other", shape: [2, 2], dtype: "f32" };
  const session = await reference.open();
  session.write(weight, [1, 2, 3, 4]);
  session.write(other, [5, 6, 7, 8]);
  const swap = await session.compile({
    outputs: {},
    writes: [
      { slot: weight, value: state(other) },
      { slot: other, value: state(weight) },
    ],
  });
  swap.run();
  expect([...session.read(weight), ...session.read(other)]).toEqual([5, 6, 7, 8, 1, 2, 3, 4]);
  session.write(weight, [0, 0, 0, 0]);
  expect([...session.read(other)]).toEqual([1, 2, 3, 4]);
});

test("views have the element type of what they show", async () => {
  const session = await reference.open();
  const bits = input("bits", [2], "u32");
  const program = await session.compile({
    outputs: { half: shiftRight(bits, 1), positive: greater(bits, 0), float: cast(bits, "f32") },
    writes: [],
  });
  program.input("bits").set([0xffffffff, 0]);
  program.run();
  expect(program.input("bits")).toBeInstanceOf(Uint32Array);
  expect(program.output("half")).toEqual(Uint32Array.of(0x7fffffff, 0));
  expect(program.output("positive")).toEqual(Uint32Array.of(1, 0));
  expect(program.output("float")).toEqual(Float32Array.of(4294967295, 0));
});

test("refuses unknown names and wrong lengths", async () => {
  const session = await reference.open();
  const step = await session.compile(
    { outputs: { y: add(input("a", [2]), input("b", [2])) }, writes: [] },
    { name: "adder" },
  );
  expect(() => step.input("c")).toThrow(
    new BackendError("adder: input must be one of a, b, got c"),
  );
  expect(() => step.output("toString")).toThrow("adder: output must be one of y, got toString");
  expect(() => session.write(weight, [1, 2])).toThrow(
    new ShapeError('write: slot "weight" takes 4 elements [2, 2], got 2'),
  );
});

test("refuses a malformed program", async () => {
  const session = await reference.open();
  const value = input("x", [3]);
  await expect(
    session.compile({ outputs: {}, writes: [{ slot: weight, value }] }, { name: "step" }),
  ).rejects.toThrow('step: what is written to "weight" must have its type f32 [2, 2], got f32 [3]');
});
