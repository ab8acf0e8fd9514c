/** The wasm backend against the float64 reference: every op on its cases, and generated programs. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileProgram } from "../src/compile/compile.ts";
import { input, state, type Program, type Slot } from "../src/graph/index.ts";
import { verifyKernel } from "../src/loops/verify.ts";
import { wasmBackend } from "../src/run/wasm.ts";
import { disagreement } from "./agreement.ts";
import { generatedProgram } from "./generate-graph.ts";
import { opTable } from "./op-cases/index.ts";
import { slotBuffers } from "./slot-buffers.ts";

const variants = [wasmBackend({ fma: true }), wasmBackend({ fma: false })] as const;

/** Single precision against double, over a dozen ops in a row. */
const TOLERANCE = 2e-5;

function verifyKernels(program: Program): void {
  const slotBuffer = slotBuffers();
  for (const kernel of compileProgram(program, { lanes: 4, slotBuffer }).kernels) {
    verifyKernel(kernel);
  }
}

const opsWithCases = Object.entries(opTable).filter(([, { cases }]) => cases.length > 0);

describe.each(opsWithCases)("%s", (_name, { cases }) => {
  const named = cases.map((sample, i) => [`case ${i}`, sample] as const);

  test.each(named)("%s agrees with the reference", async (_case, sample) => {
    const operands = sample.operands.map(({ shape, dtype }, i) => input(`x${i}`, shape, dtype));
    const program: Program = { outputs: { y: sample.build(operands) }, writes: [] };
    verifyKernels(program);
    const inputs = Object.fromEntries(sample.operands.map(({ data }, i) => [`x${i}`, data]));
    for (const backend of variants) {
      expect(await disagreement(backend, program, { inputs })).toBeLessThan(TOLERANCE);
    }
  });
});

test("generated programs agree with the reference", async () => {
  await fc.assert(
    fc.asyncProperty(generatedProgram, async ({ program, inputs, slots }) => {
      verifyKernels(program);
      for (const backend of variants) {
        expect(await disagreement(backend, program, { inputs, slots })).toBeLessThan(TOLERANCE);
      }
    }),
    { numRuns: Number(process.env["EVENKEEL_GRAPHS"] ?? 150), seed: 20_150_211 },
  );
}, 300_000);

test("two slots can trade places, and a slot can be written from its own transpose", async () => {
  const a: Slot = { name: "a", shape: [5], dtype: "f32" };
  const b: Slot = { name: "b", shape: [5], dtype: "f32" };
  const program: Program = {
    outputs: {},
    writes: [
      { slot: a, value: state(b) },
      { slot: b, value: state(a) },
    ],
  };
  const slots = new Map([
    [a, [1, 2, 3, 4, 5]],
    [b, [6, 7, 8, 9, 10]],
  ]);
  for (const backend of variants) {
    expect(await disagreement(backend, program, { inputs: {}, slots })).toBe(0);
  }
});
