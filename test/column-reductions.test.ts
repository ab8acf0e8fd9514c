/** Reductions over the rows of a product, which may run in the product's own kernel. */
import { describe, expect, test } from "vitest";
import { abs, add, div, input, matmul, max, mean, sub, type Value } from "../src/graph/index.ts";
import { disagreement } from "./agreement.ts";
import { backends } from "./backends.ts";

const reductions: Readonly<Record<string, (y: Value) => Record<string, Value>>> = {
  "a maximum alone": (y) => ({ largest: max(y, [0]) }),
  "a maximum of sizes beside a mean": (y) => ({ mean: mean(y, [0]), largest: max(abs(y), [0]) }),
  "a division by the maximum": (y) => ({
    y: div(sub(y, mean(y, [0])), add(max(abs(y), [0]), 1e-5)),
  }),
};

describe.each(backends.map((backend) => [backend.description, backend] as const))(
  "%s",
  (_, backend) => {
    test.each(Object.entries(reductions))("%s over a product's rows", async (_name, make) => {
      for (const [rows, columns] of [
        [40, 3],
        [130, 64],
        [1000, 10],
      ] as const) {
        const product = matmul(input("x", [rows, 10]), input("w", [10, columns]));
        const inputs = {
          x: Float32Array.from({ length: rows * 10 }, (_unused, i) => Math.sin(i * 1.7)),
          w: Float32Array.from({ length: 10 * columns }, (_unused, i) => Math.cos(i * 2.3)),
        };
        const program = { outputs: make(product), writes: [] };
        expect(await disagreement(backend, program, { inputs })).toBeLessThan(1e-5);
      }
    });
  },
);
