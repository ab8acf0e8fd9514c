/** Convolution and pooling with their gradients: grouped ones by the formula, all of them on every backend. */
import { describe, expect, test } from "vitest";
import {
  conv2d,
  derivatives,
  input,
  interpret,
  square,
  sum,
  type Program,
} from "../src/graph/index.ts";
import { differentiate } from "../src/compile/differentiate.ts";
import { disagreement } from "./agreement.ts";
import { backends } from "./backends.ts";
import { largestDifference } from "./close-to.ts";
import { convolutionOps, groupedConvolutions } from "./op-cases/convolution.ts";
import { spread, type OpCase } from "./op-cases/op-case.ts";

const TOLERANCE = 2e-5;

const cases = [
  ...Object.entries(convolutionOps).flatMap(([name, entry]) =>
    entry.cases.map((sample, i) => [`${name} ${i}`, sample] as const),
  ),
  ...groupedConvolutions.map((sample, i) => [`grouped conv2d ${i}`, sample] as const),
];

function withGradients({ operands, build }: OpCase): Program {
  const inputs = operands.map(({ shape, dtype }, i) => input(`x${i}`, shape, dtype));
  const y = build(inputs);
  const gradients = derivatives(sum(square(y)), inputs);
  return {
    outputs: { y, ...Object.fromEntries(gradients.map((value, i) => [`d${i}`, value])) },
    writes: [],
  };
}

function inputsOf({ operands }: OpCase): Record<string, Float64Array> {
  return Object.fromEntries(operands.map(({ data }, i) => [`x${i}`, data]));
}

describe("grouped convolutions", () => {
  test.each(groupedConvolutions.map((sample, i) => [i, sample] as const))("%i", (_, sample) => {
    const program = differentiate(withGradients(sample));
    const { outputs } = interpret(program, { inputs: inputsOf(sample), slots: new Map() });
    const expected = sample.expected(sample.operands);
    expect(largestDifference(outputs["y"]!.data, expected)).toBeLessThan(1e-12);
    const nudge = 1e-4;
    const lossAt = (operand: number, element: number, by: number): number => {
      const inputs = inputsOf(sample);
      const moved = Float64Array.from(inputs[`x${operand}`]!);
      moved[element] = moved[element]! + by;
      const run = interpret(program, {
        inputs: { ...inputs, [`x${operand}`]: moved },
        slots: new Map(),
      });
      return run.outputs["y"]!.data.reduce((total, number) => total + number * number, 0);
    };
    for (const operand of [0, 1]) {
      for (const element of [0, 3, 7]) {
        const slope =
          (lossAt(operand, element, nudge) - lossAt(operand, element, -nudge)) / (2 * nudge);
        expect(outputs[`d${operand}`]!.data[element]!).toBeCloseTo(slope, 5);
      }
    }
  });
});

/** Enough places that the weight gradient is summed in stretches. */
const manyPlaces: OpCase = {
  operands: [spread([5, 30, 29, 7]), spread([3, 3, 7, 65], -0.2, 0.2, 5)],
  build: ([x, w]) =>
    conv2d(x!, w!, {
      padding: [
        [1, 1],
        [1, 1],
      ],
    }),
  expected: () => [],
};

describe.each(backends.map((backend) => [backend.description, backend] as const))(
  "%s",
  (_, backend) => {
    test.each(cases)(
      "%s: values and gradients as the reference has them",
      async (_name, sample) => {
        const gap = await disagreement(backend, withGradients(sample), {
          inputs: inputsOf(sample),
        });
        expect(gap).toBeLessThan(TOLERANCE);
      },
    );

    test("a weight gradient over many places", async () => {
      const program = withGradients(manyPlaces);
      const gap = await disagreement(backend, program, { inputs: inputsOf(manyPlaces) });
      expect(gap).toBeLessThan(TOLERANCE);
    });
  },
);
