import { expect, test } from "vitest";
import { GraphError } from "../base/errors.ts";
import { add, derivatives, input, relu, sum, verify, type Program, type Value } from "./index.ts";

const x = input("x", [2, 3]);
const slot = { name: "w", shape: [2, 3], dtype: "f32" } as const;
const of = (value: Value): Program => ({ outputs: { value }, writes: [] });

test("verify accepts a well-formed program", () => {
  expect(() => verify({ outputs: { y: add(x, 1) }, writes: [{ slot, value: x }] })).not.toThrow();
});

test.each([
  [
    "a type its op does not infer",
    () => verify(of({ ...sum(x, [0]), shape: [2] })),
    "verify: sum must have the type it infers f32 [3], got f32 [2]",
  ],
  [
    "inputs its op refuses",
    () => verify(of({ ...add(x, x), inputs: [x, input("y", [3, 2])] })),
    "verify: add must accept its inputs, got: add: shapes must be equal, got [2, 3] and [3, 2]",
  ],
  [
    "one input name for two types",
    () => verify({ outputs: { a: x, b: input("x", [2, 3], "i32") }, writes: [] }),
    'verify: input "x" must have one type f32 [2, 3], got i32 [2, 3]',
  ],
  [
    "a slot written twice",
    () =>
      verify({
        outputs: {},
        writes: [
          { slot, value: x },
          { slot, value: add(x, 1) },
        ],
      }),
    'verify: a slot is written at most once, got "w" again',
  ],
  [
    "a slot written with another type",
    () => verify({ outputs: {}, writes: [{ slot, value: sum(x) }] }),
    'verify: what is written to "w" must have its type f32 [2, 3], got f32 []',
  ],
  [
    "a derivative after differentiation",
    () => verify(of(derivatives(sum(x), [x])[0]!), { who: "differentiate", symbolic: false }),
    "differentiate: no symbolic op may be left, got derivative",
  ],
  [
    "a composite after expansion",
    () => verify(of(relu(x)), { composite: false }),
    "verify: no composite op may be left, got relu",
  ],
])("verify refuses %s", (_, run, message) => {
  expect(run).toThrow(GraphError);
  expect(run).toThrow(message);
});
