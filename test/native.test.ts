/** The native backend against the float64 reference: every op on its cases, and generated programs. */
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { input, printProgram, state, type Program, type Slot } from "../src/graph/index.ts";
import { nativeBackendOn } from "../src/run/native.ts";
import { disagreement, type RunInput } from "./agreement.ts";
import { generatedProgram } from "./generate-graph.ts";
import { batchingHost, nativeHost } from "./native-host.ts";
import { opTable } from "./op-cases/index.ts";

/** Single precision against double, over a dozen ops in a row. */
const TOLERANCE = 2e-5;

/** The machine's own width, and the narrowest. */
const widths = [...new Set([4, nativeHost?.lanes ?? 4])];

interface Sample {
  readonly program: Program;
  readonly data: RunInput;
}

/** How far each program's results are from the reference's; all compiled together. */
async function disagreements(samples: readonly Sample[], lanes: number): Promise<number[]> {
  const host = batchingHost(nativeHost!, lanes);
  const backend = nativeBackendOn(host);
  const results = samples.map(({ program, data }) => disagreement(backend, program, data));
  // By then every program has been lowered and waits for the compiler.
  await new Promise((next) => setImmediate(next));
  await host.flush();
  return Promise.all(results);
}

const opCases = Object.entries(opTable).flatMap(([name, { cases }]) =>
  cases.map((sample, i) => {
    const operands = sample.operands.map(({ shape, dtype }, at) => input(`x${at}`, shape, dtype));
    const program: Program = { outputs: { y: sample.build(operands) }, writes: [] };
    const inputs = Object.fromEntries(sample.operands.map(({ data }, at) => [`x${at}`, data]));
    return { name: `${name}, case ${i}`, program, data: { inputs } };
  }),
);

describe.skipIf(nativeHost === null).each(widths)("vectors of %d lanes", (lanes) => {
  let found: readonly number[] = [];
  beforeAll(async () => {
    found = await disagreements(opCases, lanes);
  }, 300_000);

  test.each(opCases.map(({ name }, i) => [name, i] as const))("%s", (_, i) => {
    expect(found[i]).toBeLessThan(TOLERANCE);
  });

  test("generated programs agree with the reference", async () => {
    const numRuns = Number(process.env["EVENKEEL_GRAPHS"] ?? 150);
    const samples = fc
      .sample(generatedProgram, { numRuns, seed: 20_150_211 })
      .map(({ program, inputs, slots }) => ({ program, data: { inputs, slots } }));
    const results = await disagreements(samples, lanes);
    expect(results).toHaveLength(numRuns);
    const wrong = samples.filter((_, i) => !(results[i]! < TOLERANCE));
    expect(wrong.map(({ program }) => printProgram(program))).toEqual([]);
  }, 300_000);

  test("two slots can trade places", async () => {
    const a: Slot = { name: "a", shape: [5], dtype: "f32" };
    const b: Slot = { name: "b", shape: [5], dtype: "f32" };
    const writes = [
      { slot: a, value: state(b) },
      { slot: b, value: state(a) },
    ];
    const slots = new Map([
      [a, [1, 2, 3, 4, 5]],
      [b, [6, 7, 8, 9, 10]],
    ]);
    const data = { inputs: {}, slots };
    expect(await disagreements([{ program: { outputs: {}, writes }, data }], lanes)).toEqual([0]);
  });
});
