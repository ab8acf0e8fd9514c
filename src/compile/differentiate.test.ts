import { describe, expect, test } from "vitest";
import {
  add,
  apply,
  crossEntropy,
  derivatives,
  greater,
  input,
  interpret,
  matmul,
  mul,
  relu,
  select,
  sigmoid,
  square,
  state,
  stopGradient,
  sub,
  sum,
  tanh,
  verify,
  type OpDefinition,
  type Slot,
  type Value,
} from "../graph/index.ts";
import { programValues } from "../graph/value.ts";
import { differentiate } from "./differentiate.ts";

const evaluate = (value: Value, inputs: Record<string, number[]>): number[] => {
  const program = differentiate({ outputs: { value }, writes: [] });
  verify(program, { symbolic: false });
  return [...interpret(program, { inputs }).outputs["value"]!.data];
};

describe("differentiate", () => {
  const x = input("x", [3]);
  const at = { x: [1, -2, 3] };

  test("adds up the gradients of all uses", () => {
    const [dx] = derivatives(sum(add(mul(x, x), mul(x, 5))), [x]);
    expect(evaluate(dx!, at)).toEqual([7, 1, 11]);
  });

  test("gives zeros for what the loss does not depend on", () => {
    const other = input("other", [2]);
    const [dOther] = derivatives(sum(x), [other]);
    expect(evaluate(dOther!, { ...at, other: [8, 9] })).toEqual([0, 0]);
  });

  test("gives 1 for the loss itself", () => {
    const loss = sum(x);
    expect(evaluate(derivatives(loss, [loss])[0]!, at)).toEqual([1]);
  });

  test("takes a value inside the graph as a target, and one below it too", () => {
    const inner = mul(x, 3);
    const [dInner, dx] = derivatives(sum(square(inner)), [inner, x]);
    expect(evaluate(dInner!, at)).toEqual([6, -12, 18]);
    expect(evaluate(dx!, at)).toEqual([18, -36, 54]);
  });

  test("knows a slot and an input by any of the values that name them", () => {
    const slot: Slot = { name: "w", shape: [3], dtype: "f32" };
    const loss = sum(mul(square(state(slot)), input("x", [3])));
    const [dSlot, dx] = derivatives(loss, [state(slot), input("x", [3])]);
    const program = differentiate({ outputs: { dSlot: dSlot!, dx: dx! }, writes: [] });
    const { outputs } = interpret(program, { inputs: at, slots: new Map([[slot, [2, 3, 4]]]) });
    expect([...outputs["dSlot"]!.data]).toEqual([4, -12, 24]);
    expect([...outputs["dx"]!.data]).toEqual([4, 9, 16]);
  });

  test("stops where it is told to", () => {
    const [dx] = derivatives(sum(mul(x, stopGradient(x))), [x]);
    expect(evaluate(dx!, at)).toEqual([1, -2, 3]);
  });

  test("passes nothing through comparisons and integers", () => {
    const [dx] = derivatives(sum(select(greater(x, 0), mul(x, 2), 7)), [x]);
    expect(evaluate(dx!, at)).toEqual([2, 0, 2]);
  });

  test("gives a Hessian-vector product: d(g · v) / dx", () => {
    const v = [0.5, -1, 2];
    const [g] = derivatives(sum(mul(mul(x, x), x)), [x]);
    const [hv] = derivatives(sum(mul(g!, input("v", [3]))), [x]);
    expect(evaluate(hv!, { ...at, v })).toEqual(at.x.map((n, i) => 6 * n * v[i]!));
  });

  test("goes three deep", () => {
    const scalar = input("s", []);
    const once = derivatives(square(square(scalar)), [scalar])[0]!;
    const twice = derivatives(once, [scalar])[0]!;
    const thrice = derivatives(twice, [scalar])[0]!;
    expect(evaluate(thrice, { s: [1.5] })).toEqual([36]);
  });

  test("differentiates a loss that contains its own gradient", () => {
    // loss = Σ x² + |d/dx Σ x³|² = Σ x² + 9 x⁴
    const [g] = derivatives(sum(mul(mul(x, x), x)), [x]);
    const [dx] = derivatives(add(sum(square(x)), sum(square(g!))), [x]);
    expect(evaluate(dx!, at)).toEqual(at.x.map((n) => 2 * n + 36 * n ** 3));
  });

  test("differentiates a composite without a gradient of its own by its meaning", () => {
    const double: OpDefinition = {
      name: "twice-product",
      kind: "composite",
      infer: ([a]) => a!,
      meaning: ([a, b]) => mul(mul(a!, b!), 2),
    };
    // The same value on both sides, and one input that depends on the other.
    const both = derivatives(sum(apply(double, [x, x], {})), [x])[0]!;
    expect(evaluate(both, at)).toEqual(at.x.map((n) => 4 * n));
    const chained = derivatives(sum(apply(double, [x, mul(x, 3)], {})), [x])[0]!;
    expect(evaluate(chained, at)).toEqual(at.x.map((n) => 12 * n));
  });

  test("refuses a gradient of the wrong shape", () => {
    const broken: OpDefinition = {
      name: "broken",
      kind: "pointwise",
      infer: ([a]) => a!,
      gradient: ({ grad }) => [sum(grad)],
    };
    const [dx] = derivatives(sum(apply(broken, [x], {})), [x]);
    expect(() => differentiate({ outputs: { dx: dx! }, writes: [] })).toThrow(
      "differentiate: broken's gradient for input 0 must be f32 [3], got f32 []",
    );
  });

  test("shares one sweep among all targets of a loss", () => {
    const image = input("image", [4, 6]);
    const weights = [6, 5, 3].slice(1).map((size, i) => input(`w${i}`, [[6, 5][i]!, size]));
    const labels = input("labels", [4], "i32");
    const hidden = sigmoid(matmul(image, weights[0]!));
    const loss = crossEntropy(matmul(hidden, weights[1]!), labels);
    const products = (targets: readonly Value[]): number => {
      const outputs = Object.fromEntries(
        derivatives(loss, targets).map((gradient, i) => [`d${i}`, gradient]),
      );
      const values = programValues(differentiate({ outputs, writes: [] }));
      return values.filter(({ op }) => op.name === "matmul").length;
    };
    // Two products forward; back, one for each weight and one for the hidden layer between them.
    expect(products(weights)).toBe(5);
  });

  test("leaves a program without requests as it is", () => {
    const value = relu(tanh(sub(x, 1)));
    expect(differentiate({ outputs: { value }, writes: [] }).outputs["value"]).toBe(value);
  });
});
