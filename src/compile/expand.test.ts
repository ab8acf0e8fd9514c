import { expect, test } from "vitest";
import { correctCount, input, normal, standardize, verify } from "../graph/index.ts";
import { expand } from "./expand.ts";

test("expand leaves primitives only, however deep composites are nested", () => {
  const program = expand({
    outputs: {
      count: correctCount(input("x", [5, 3]), input("labels", [5], "i32")),
      standard: standardize(input("x", [5, 3]), { axes: [0] }),
      noise: normal(input("key", [2], "u32"), [4]),
    },
    writes: [],
  });
  expect(() => verify(program, { composite: false })).not.toThrow();
  expect(program.outputs["standard"]!.op.name).toBe("mul");
});
