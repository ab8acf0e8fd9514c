import fc from "fast-check";
import { expect, test } from "vitest";
import { differentiate } from "../src/compile/differentiate.ts";
import { expand } from "../src/compile/expand.ts";
import { simplify } from "../src/compile/simplify.ts";
import { interpret, verify, type Program } from "../src/graph/index.ts";
import { allOps } from "../src/graph/ops/index.ts";
import { programRoots, programValues } from "../src/graph/value.ts";
import { generatedProgram, type GeneratedProgram } from "./generate-graph.ts";

const RUNS = { numRuns: 200, seed: 20_150_211 };

/** The largest difference, relative to the largest element of its array (or 1). */
function difference(a: Float64Array, b: Float64Array): number {
  const scale = b.reduce((largest, number) => Math.max(largest, Math.abs(number)), 1);
  return a.reduce((largest, number, i) => Math.max(largest, Math.abs(number - b[i]!)), 0) / scale;
}

function results(program: Program, { inputs, slots }: GeneratedProgram): Map<string, Float64Array> {
  const { outputs, writes } = interpret(program, { inputs, slots });
  return new Map([
    ...Object.entries(outputs).map(([name, { data }]) => [`output ${name}`, data] as const),
    ...[...writes].map(([slot, data]) => [`write ${slot.name}`, data] as const),
  ]);
}

test("every pass keeps a program well-formed and what it computes", () => {
  fc.assert(
    fc.property(generatedProgram, (generated) => {
      verify(generated.program);
      const differentiated = differentiate(generated.program);
      verify(differentiated, { symbolic: false });
      const expected = results(differentiated, generated);
      for (const number of [...expected.values()].flatMap((data) => [...data])) {
        expect(Number.isFinite(number)).toBe(true);
      }
      const expanded = expand(differentiated);
      verify(expanded, { symbolic: false, composite: false });
      const simplified = simplify(expanded);
      verify(simplified, { symbolic: false, composite: false });
      expect(programValues(simplified).length).toBeLessThanOrEqual(programValues(expanded).length);
      for (const program of [expanded, simplified]) {
        for (const [name, data] of results(program, generated)) {
          expect(difference(data, expected.get(name)!), name).toBeLessThan(1e-11);
        }
      }
    }),
    RUNS,
  );
});

test("simplify has nothing left to do the second time", () => {
  fc.assert(
    fc.property(generatedProgram, ({ program }) => {
      const once = simplify(expand(differentiate(program)));
      const twice = simplify(once);
      programRoots(twice).forEach((value, i) => expect(value).toBe(programRoots(once)[i]));
    }),
    { ...RUNS, numRuns: 50 },
  );
});

test("the generator reaches every op but the requests themselves", () => {
  const seen = new Set<string>();
  for (const { program } of fc.sample(generatedProgram, RUNS)) {
    for (const composite of [program, expand(differentiate(program))]) {
      for (const { op } of programValues(composite)) seen.add(op.name);
    }
  }
  const missing = allOps.map(({ name }) => name).filter((name) => !seen.has(name));
  expect(missing).toEqual([]);
});
