import { describe, expect, test } from "vitest";
import { kernelBuilder, load, zeroIndex } from "../../loops/builder.ts";
import { interpretKernel } from "../../loops/interpret.ts";
import { verifyKernel } from "../../loops/verify.ts";
import { expLanes } from "./exp.ts";
import { logLanes } from "./log.ts";
import { rsqrtLanes } from "./rsqrt.ts";
import { sigmoidLanes } from "./sigmoid.ts";
import { tanhLanes } from "./tanh.ts";

type Case = readonly [x: number, y: number];

const smallestNormal = 2 ** -126;
const smallestSubnormal = 2 ** -149;
const largest = (2 - 2 ** -23) * 2 ** 127;

const expected: Record<string, readonly [typeof expLanes, readonly Case[]]> = {
  exp: [
    expLanes,
    [
      [NaN, NaN],
      [Infinity, Infinity],
      [-Infinity, 0],
      [0, 1],
      [-0, 1],
      [smallestSubnormal, 1],
      [-1e-9, 1],
      [1e-9, 1],
      // The next floats on either side of log(2¹²⁸) and log(2⁻¹²⁶).
      [88.72283935546875, Infinity],
      [-87.3365478515625, 0],
      [-88, 0],
      [-103, 0],
      [-largest, 0],
      [largest, Infinity],
    ],
  ],
  log: [
    logLanes,
    [
      [NaN, NaN],
      [Infinity, Infinity],
      [-Infinity, NaN],
      [0, -Infinity],
      [-0, -Infinity],
      [-smallestSubnormal, NaN],
      [-1, NaN],
      [1, 0],
      [2 ** 64, Math.fround(64 * Math.LN2)],
      [smallestNormal, Math.fround(-126 * Math.LN2)],
      [smallestSubnormal, Math.fround(-149 * Math.LN2)],
    ],
  ],
  tanh: [
    tanhLanes,
    [
      [NaN, NaN],
      [Infinity, 1],
      [-Infinity, -1],
      [0, 0],
      [-0, -0],
      [smallestSubnormal, smallestSubnormal],
      [-smallestSubnormal, -smallestSubnormal],
      [-3 * smallestSubnormal, -3 * smallestSubnormal],
      [smallestNormal, smallestNormal],
      [2 ** -20, 2 ** -20],
      [10, 1],
      [-largest, -1],
    ],
  ],
  sigmoid: [
    sigmoidLanes,
    [
      [NaN, NaN],
      [Infinity, 1],
      [-Infinity, 0],
      [0, 0.5],
      [-0, 0.5],
      [smallestSubnormal, 0.5],
      [20, 1],
      [largest, 1],
      [-87.3365478515625, 0],
      [-88, 0],
      [-largest, 0],
    ],
  ],
  rsqrt: [
    rsqrtLanes,
    [
      [NaN, NaN],
      [Infinity, 0],
      [0, Infinity],
      [-0, -Infinity],
      [-1, NaN],
      [4, 0.5],
      [2 ** -148, 2 ** 74],
    ],
  ],
};

describe.each(Object.entries(expected))("%s", (name, [build, cases]) => {
  test.each([true, false])("has its special values exactly, fma %s", (fma) => {
    const length = cases.length;
    const x = { name: "x", length };
    const y = { name: "y", length };
    const k = kernelBuilder(name);
    k.store(y, zeroIndex, build(k, load(x, zeroIndex, { lanes: length })));
    const kernel = k.finish();
    verifyKernel(kernel);
    const output = new Float32Array(length);
    const memory = new Map([
      [x, Float32Array.from(cases, ([value]) => value)],
      [y, output],
    ]);
    interpretKernel(kernel, memory, { fma });
    const found = cases.map(([value], at) => [value, output[at]]);
    expect(found).toEqual(cases);
  });
});
