import { describe, expect, test } from "vitest";
import { interpretKernel } from "../src/loops/interpret.ts";
import { printKernel } from "../src/loops/print.ts";
import {
  blockKernel,
  blockLength,
  elementaryFunctions,
  ulpError,
  wasmEvaluator,
  worstErrors,
} from "./elementary-functions.ts";

/** About 2²⁰ floats: every exponent of both signs, some 2,000 of each. */
const stride = 4093;

describe.each(elementaryFunctions)("$name", (subject) => {
  test(`stays within ${subject.bound} ulp of f64, and keeps its special values`, () => {
    const { fma, noFma } = worstErrors(subject, stride);
    expect(fma.error).toBeLessThanOrEqual(subject.bound);
    expect(noFma.error).toBeLessThanOrEqual(subject.bound);
    // No f32 can hit every value: a smaller error would mean that nothing was measured.
    expect(Math.min(fma.error, noFma.error)).toBeGreaterThan(0.5);
  });

  test("as WebAssembly is the interpreter's result, bit for bit", () => {
    const { x, y, kernel } = blockKernel(subject, blockLength);
    const input = new Float32Array(blockLength);
    const bits = new Uint32Array(input.buffer);
    for (let at = 0; at < blockLength; at++) bits[at] = at * 65_521;
    for (const fma of [true, false]) {
      const expected = new Float32Array(blockLength);
      const memory = new Map([
        [x, input],
        [y, expected],
      ]);
      interpretKernel(kernel, memory, { fma });
      for (const lanes of fma ? [4] : [4, 1]) {
        const evaluator = wasmEvaluator(subject, fma, lanes);
        evaluator.input.set(input);
        evaluator.run();
        const different = input.findIndex(
          (_, at) => !Object.is(evaluator.output[at], expected[at]),
        );
        expect(different).toBe(-1);
      }
    }
  });
});

test("their kernels are the reviewed ones", async () => {
  const text = elementaryFunctions
    .map((subject) => printKernel(blockKernel(subject, 4).kernel))
    .join("\n");
  await expect(text).toMatchFileSnapshot("snapshots/elementary-functions.txt");
});

test("errors are counted in ulp of the exact value", () => {
  expect(ulpError(1 + 2 ** -23, 1, true)).toBe(1);
  expect(ulpError(1 - 2 ** -24, 1, true)).toBe(0.5);
  expect(ulpError(2 ** -149, 3 * 2 ** -149, false)).toBe(2);
  expect(ulpError(-2, -2 - 2 ** -20, true)).toBe(4);
});

test("special values must be met exactly", () => {
  expect(ulpError(0, 2 ** -127, true)).toBe(0);
  expect(ulpError(2 ** -127, 2 ** -127, true)).toBe(Infinity);
  expect(ulpError(2 ** -126, 2 ** -127, true)).toBe(Infinity);
  expect(ulpError(0, -0, true)).toBe(Infinity);
  expect(ulpError(Infinity, 2 ** 128, true)).toBe(0);
  expect(ulpError((2 - 2 ** -23) * 2 ** 127, 2 ** 128, true)).toBe(Infinity);
  expect(ulpError(Infinity, 2 ** 127, true)).toBe(Infinity);
  expect(ulpError(NaN, 1, true)).toBe(Infinity);
  expect(ulpError(1, NaN, true)).toBe(Infinity);
  expect(ulpError(NaN, NaN, true)).toBe(0);
});
