import { parseHTML } from "linkedom";
import { expect, test } from "vitest";
import {
  memoryStore,
  runStudy,
  studyReport,
  type StudyEvent,
  type StudyResult,
} from "../../experiments/index.ts";
import { wasmBackend } from "../../run/wasm.ts";
import dropoutRegression from "./dropout-regression.ts";
import { checkMasks, LEARNED } from "./measures.ts";
import { digitBlocks } from "./problem.ts";
import { judge } from "./verdict.ts";

/** The study with so few steps and masks that what is exact is still exact, and the rest is rough. */
async function brief(): Promise<StudyResult> {
  const { quick } = dropoutRegression.protocol.presets;
  const presets = {
    ...dropoutRegression.protocol.presets,
    quick: { ...quick, sizes: { samples: 400 } },
  };
  const study = { ...dropoutRegression, protocol: { ...dropoutRegression.protocol, presets } };
  const events: StudyEvent[] = [];
  const options = { steps: 2_000, seeds: 3, version: "0.0.0", command: "run" };
  const services = { store: memoryStore(), data: await digitBlocks(), backend: wasmBackend() };
  for await (const event of runStudy(study, { ...options, ...services })) events.push(event);
  const last = events.at(-1);
  if (last?.type === "study-done") return last.result;
  throw new Error("the study must end in a result");
}

const result = await brief();

test("what is exact is found exactly, what is sampled nearly", () => {
  const mean = (measure: string, arm: string): number =>
    result.measures[measure]!.arms[arm]!.interval.mean!;
  for (const arm of ["gaussian", "digits"]) {
    for (const exact of ["formula-loss", "formula-minimiser", "ridge"]) {
      expect(mean(exact, arm)).toBeLessThan(1e-11);
    }
    expect(mean("draws", arm)).toBeLessThan(0.05);
    expect(mean("learned-formula", arm)).toBeLessThan(0.15);
    expect(mean("learned-line-3", arm)).toBeGreaterThan(0.2);
    expect(mean("learned-line-4", arm)).toBeGreaterThan(0.2);
  }
  expect(result.check.passed).toBe(true);
  expect(result.runs.every(({ outcome }) => outcome === "finished")).toBe(true);
});

test("the verdict has every part on both problems, and one false part decides it", () => {
  expect(result.verdict.findings).toHaveLength(13);
  const { measures, check } = result;
  const summaries = measures as Parameters<typeof judge>[0];
  const wrong = summaries["line-3-loss"].arms["digits"]!;
  const far = { ...wrong, perSeed: { 1: 0, 2: 0, 3: 1e-9 } };
  const changed = judge(
    {
      ...summaries,
      "formula-loss": {
        ...summaries["formula-loss"],
        arms: { ...summaries["formula-loss"].arms, digits: far },
      },
    },
    check,
  );
  expect(result.verdict.findings[0]!.outcome).toBe("supports");
  expect(changed.findings[0]!.outcome).toBe("contradicts");
  expect(changed.outcome).toBe("contradicts");
  expect(judge(summaries, { ...check, passed: false }).outcome).toBe("undecided");
});

test("the check fails on masks of another share, on weights that did not move, and on no run", () => {
  const [first] = result.runs;
  const { [LEARNED]: learned } = first!.probes;
  const still = { ...learned!.values, "least-squares-distance": [0.01] };
  const probes = { ...first!.probes, [LEARNED]: { ...learned!, values: still } };
  expect(checkMasks([first!]).passed).toBe(true);
  expect(checkMasks([{ ...first!, probes }]).passed).toBe(false);
  const half = first!.probes["draws"]!;
  const draws = { ...half, values: { ...half.values, kept: [0.48] } };
  expect(checkMasks([{ ...first!, probes: { ...first!.probes, draws } }]).passed).toBe(false);
  expect(checkMasks([{ ...first!, probes: {} }]).passed).toBe(false);
  expect(checkMasks([]).passed).toBe(false);
});

test("the report has every figure in words and numbers", () => {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const figures = dropoutRegression.figures(result, document);
  for (const { alternative, numbers, panels } of figures) {
    expect(alternative).not.toMatch(/NaN|undefined|Infinity/);
    expect(numbers.rows.length).toBeGreaterThan(1);
    expect(new Set(numbers.rows.map((row) => row.length))).toEqual(
      new Set([numbers.columns.length]),
    );
    for (const { svg } of panels) expect(svg).toMatch(/^<svg[^]*<(path|circle)/);
  }
  expect(studyReport(result, figures)).not.toContain('legend"');
});
