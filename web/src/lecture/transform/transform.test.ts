import { derivatives, input, mul, sum } from "evenkeel/graph";
import { batchNorm, memberTree, trace as traceModel } from "evenkeel/nn";
import { reference } from "evenkeel/run";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compactInputGradient, traceBatchNorm, type TransformInput } from "./batch-norm-trace.ts";
import { explainCell, valueOf, type Cell } from "./explain-cell.ts";
import { plain, signed } from "./plain-number.ts";

const example: TransformInput = {
  input: [
    [1, 4, -2],
    [2, 0, -1],
    [4, 2, 0.5],
    [5, -6, 2.5],
  ],
  scale: [1, 0.5, 2],
  shift: [0, 1, -1],
  eps: 1e-5,
  outputGradient: [
    [0.5, -1, 0],
    [-0.25, 0.5, 1],
    [1, 0, -0.5],
    [0, 0.75, 0.25],
  ],
};

describe("the transform", () => {
  test("is the engine's batchNorm, forward and backward", async () => {
    const model = batchNorm(3);
    const tree = memberTree(model);
    const x = input("x", [4, 3]);
    const weight = input("weight", [4, 3]);
    const traced = traceModel(model, x, { phase: "train", tree });
    const loss = sum(mul(traced.output, weight));
    const wanted = [x, ...traced.parameters.map(({ value }) => value)];
    const [dx, ...rest] = derivatives(loss, wanted);
    const names = traced.parameters.map(({ path }) => path);
    const outputs = {
      y: traced.output,
      dx: dx!,
      ...Object.fromEntries(names.map((name, i) => [`d${name}`, rest[i]!])),
    };
    const session = await reference.open();
    const executable = await session.compile({ outputs, writes: [] });
    const members = new Map([
      ["scale", example.scale],
      ["shift", example.shift],
    ]);
    tree.members.forEach(({ path, slot }) => {
      if (members.has(path)) session.write(slot, members.get(path)!);
    });
    executable.input("x").set(example.input.flat());
    executable.input("weight").set(example.outputGradient.flat());
    executable.run();
    const mine = traceBatchNorm(example);
    const close = (name: string, values: readonly number[]): void =>
      values.forEach((value, i) => expect(executable.output(name)[i]).toBeCloseTo(value, 5));
    close("y", mine.output.flat());
    close("dx", mine.inputGradient.flat());
    close("dscale", mine.scaleGradient);
    close("dshift", mine.shiftGradient);
  });

  test("the paper's chain and the compact line agree", () => {
    const matrix = fc.array(
      fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 2, maxLength: 2 }),
      { minLength: 5, maxLength: 5 },
    );
    fc.assert(
      fc.property(matrix, matrix, (values, outputGradient) => {
        const traced = traceBatchNorm({
          input: values,
          scale: [1.5, -0.5],
          shift: [0, 2],
          eps: 0.01,
          outputGradient,
        });
        compactInputGradient(traced)
          .flat()
          .forEach((value, i) => expect(traced.inputGradient.flat()[i]).toBeCloseTo(value, 8));
      }),
      { numRuns: 50 },
    );
  });
});

describe("the arithmetic shown", () => {
  const traced = traceBatchNorm(example);
  const stages = ["mean", "variance", "normalized", "output"] as const;
  const backward = [
    "shiftGradient",
    "scaleGradient",
    "normalizedGradient",
    "varianceGradient",
    "meanGradient",
    "inputGradient",
  ] as const;
  const cells = [...stages, ...backward].flatMap((stage): Cell[] =>
    [0, 1, 2].map((channel) => ({
      stage,
      row: Array.isArray((traced[stage] as readonly unknown[])[0]) ? 2 : null,
      channel,
    })),
  );

  test.each(cells)("of $stage in channel $channel comes to its value", (cell) => {
    const { arithmetic, value, sources, formula } = explainCell(traced, cell);
    expect(formula).not.toBeNull();
    expect(sources.length).toBeGreaterThan(0);
    expect(sources.every((source) => Number.isFinite(valueOf(traced, source)))).toBe(true);
    // The text itself, computed: its numbers are rounded to four digits.
    expect(Math.abs(compute(arithmetic) - value)).toBeLessThan(2e-3 * (1 + Math.abs(value)));
  });

  test("a given number has no formula and no sources", () => {
    const { formula, sources, arithmetic } = explainCell(traced, {
      stage: "input",
      row: 0,
      channel: 0,
    });
    expect({ formula, sources, arithmetic }).toEqual({
      formula: null,
      sources: [],
      arithmetic: "",
    });
  });

  test("numbers are short and their minus is one", () => {
    expect([1, -2.5, 1e-5, 0.123456, -1234567].map(plain)).toEqual([
      "1",
      "−2.5",
      "0.00001",
      "0.1235",
      "−1230000",
    ]);
    expect(signed(-2)).toBe("(−2)");
  });
});

/** A small calculator for + − · / √ ^ and parentheses, apart from all the code it tests. */
function compute(text: string): number {
  const tokens = text.replaceAll("²", "^2").match(/\d+(?:\.\d+)?(?:e[−+]?\d+)?|[-+−·/√^()]/g) ?? [];
  let at = 0;
  const primary = (): number => {
    const token = tokens[at++]!;
    if (token === "(") {
      const value = total();
      at++;
      return value;
    }
    if (token === "√") return Math.sqrt(primary());
    if (token === "−") return -power();
    return Number(token.replace("−", "-"));
  };
  const power = (): number => {
    const base = primary();
    if (tokens[at] !== "^") return base;
    at++;
    return base ** primary();
  };
  const product = (): number => {
    let value = power();
    while (tokens[at] === "·" || tokens[at] === "/") {
      const right = tokens[at++];
      value = right === "·" ? value * power() : value / power();
    }
    return value;
  };
  const total = (): number => {
    let value = product();
    while (tokens[at] === "+" || tokens[at] === "−") {
      value = tokens[at++] === "+" ? value + product() : value - product();
    }
    return value;
  };
  return total();
}
