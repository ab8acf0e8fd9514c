import { describe, expect, test } from "vitest";
import { sizeOf } from "../src/base/shape.ts";
import { differentiate } from "../src/compile/differentiate.ts";
import {
  add,
  cast,
  derivatives,
  floor,
  input,
  interpret,
  iota,
  mul,
  reshape,
  square,
  sub,
  sum,
  verify,
  type Value,
} from "../src/graph/index.ts";
import { allOps } from "../src/graph/ops/index.ts";
import { largestDifference } from "./close-to.ts";
import { opTable, type OpCase, type Operand } from "./op-cases/index.ts";

/** Of these the table holds misuses only: they need slots, or a pass, and are tested with them. */
const WITHOUT_CASES = new Set(["state", "derivative"]);

/** Above this the central differences of a gradient take too long for what they add. */
const SMALL = 40;

test("every op has an entry in the table, and every entry an op", () => {
  expect(Object.keys(opTable).toSorted()).toEqual(allOps.map(({ name }) => name).toSorted());
  const empty = Object.keys(opTable).filter((name) => opTable[name]!.cases.length === 0);
  expect(new Set(empty)).toEqual(WITHOUT_CASES);
});

describe.each(Object.entries(opTable))("%s", (name, { cases, misuses }) => {
  const named = cases.map((sample, i) => [describeCase(sample, i), sample] as const);
  const smooth = named.filter(([, sample]) => isDifferentiable(sample));

  test.each(named)("%s: the expected values", (_, sample) => {
    const output = sample.build(inputsOf(sample));
    expect(output.op.name).toBe(name);
    verify({ outputs: { output }, writes: [] });
    const actual = run(output, sample.operands);
    const expected = sample.expected(sample.operands);
    expect(actual).toHaveLength(sizeOf(output.shape));
    expect(largestDifference(actual, expected)).toBeLessThanOrEqual(sample.tolerance ?? 1e-12);
    const meaning = output.op.meaning?.(output.inputs, output.attrs) ?? output;
    expect([meaning.dtype, meaning.shape]).toEqual([output.dtype, output.shape]);
  });

  test.each(smooth)("%s: the gradient of central differences", (_, sample) => {
    const values = inputsOf(sample);
    const total = weightedSum(sample.build(values), 1);
    expect(slopeError(total, values, sample.operands)).toBeLessThan(1e-6);
  });

  test.each(smooth.filter(([, sample]) => elements(sample) <= SMALL && sample.kink !== true))(
    "%s: the second derivatives of central differences",
    (_, sample) => {
      const values = inputsOf(sample);
      const loss = weightedSum(square(sample.build(values)), 1);
      const floats = values.filter(({ dtype }) => dtype === "f32");
      const along = derivatives(loss, floats)
        .map((gradient, k) => weightedSum(gradient, 2 + k))
        .reduce((total, part) => add(total, part));
      expect(slopeError(along, values, sample.operands)).toBeLessThan(1e-6);
    },
  );

  test.each(misuses)("refuses: $message", ({ build, error, message }) => {
    expect(build).toThrow(expect.objectContaining({ name: error, message }));
  });
});

function inputsOf({ operands }: OpCase): Value[] {
  return operands.map(({ shape, dtype }, i) => input(`x${i}`, shape, dtype));
}

function run(value: Value, operands: readonly Operand[]): Float64Array {
  const inputs = Object.fromEntries(operands.map(({ data }, i) => [`x${i}`, data]));
  const program = differentiate({ outputs: { value }, writes: [] });
  return interpret(program, { inputs }).outputs["value"]!.data;
}

/** A scalar in which an error in one element cannot cancel against another's. */
function weightedSum(value: Value, stream: number): Value {
  const index = cast(iota([sizeOf(value.shape)], 0), "f32");
  const spread = add(mul(index, 0.618), 0.3 * stream);
  const weights = sub(spread, add(floor(spread), 0.4));
  return sum(mul(value, reshape(weights, value.shape)));
}

/** The largest error of d total / d x against central differences, over all f32 operands x. */
function slopeError(total: Value, values: readonly Value[], operands: readonly Operand[]): number {
  const step = 1e-5;
  const errors = operands.map(({ dtype, data }, k) => {
    if (dtype !== "f32") return 0;
    const slopes = data.map((number, i) => {
      const [above, below] = [step, -step].map((move) => {
        const moved = data.slice();
        moved[i] = number + move;
        return run(total, operands.with(k, { ...operands[k]!, data: moved }))[0]!;
      });
      return (above! - below!) / (2 * step);
    });
    const [gradient] = derivatives(total, [values[k]!]);
    return largestDifference(run(gradient!, operands), slopes);
  });
  return Math.max(...errors);
}

function isDifferentiable(sample: OpCase): boolean {
  const { operands, differentiable } = sample;
  return (
    sample.build(inputsOf(sample)).dtype === "f32" &&
    (differentiable ?? operands.some(({ dtype }) => dtype === "f32"))
  );
}

function elements({ operands }: OpCase): number {
  return operands.reduce((total, { shape }) => total + sizeOf(shape), 0);
}

function describeCase({ operands }: OpCase, i: number): string {
  return `${i} ${operands.map(({ dtype, shape }) => `${dtype}[${shape.join()}]`).join(" ")}`;
}
