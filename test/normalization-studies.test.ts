/** The studies of normalization, each run small: every arm trains, and the report can be drawn. */
import { parseHTML } from "linkedom";
import { expect, test } from "vitest";
import { digitsSample } from "../src/data/index.ts";
import {
  memoryStore,
  runStudy,
  studyReport,
  type Scale,
  type Study,
  type StudyResult,
} from "../src/experiments/index.ts";
import { wasmBackend } from "../src/run/wasm.ts";
import { batchnormLearningRate, normalizers } from "../src/studies/index.ts";

const canvas = parseHTML("<!doctype html><html><body></body></html>").document;
const tiny: Scale = {
  steps: 4,
  seeds: 1,
  evaluateEvery: 2,
  observeEvery: 2,
  checkpointEvery: 4,
};

/** The study with a preset so small that a test can run all of it. */
function shrunk(study: Study, scale: Scale): Study {
  const presets = { ...study.protocol.presets, quick: scale };
  return { ...study, protocol: { ...study.protocol, presets } };
}

async function resultOf(study: Study, data: Awaited<ReturnType<typeof digitsSample>>) {
  let result: StudyResult | null = null;
  const services = { store: memoryStore(), data, backend: wasmBackend() };
  const events = runStudy(study, { ...services, version: "0.0.0", command: "run" });
  for await (const event of events) if (event.type === "study-done") ({ result } = event);
  return result!;
}

const small: readonly (readonly [Study, Scale, readonly number[]])[] = [
  [batchnormLearningRate, tiny, [784]],
  [normalizers, { ...tiny, sizes: { width: 4, testExamples: 40 } }, [28, 28, 1]],
];

for (const [study, scale, shape] of small) {
  test(`${study.id}: every arm gives its measures, and every figure is drawn and described`, async () => {
    const data = await digitsSample({ shape });
    const result = await resultOf(shrunk(study, scale), data);
    expect(result.runs).toHaveLength(study.protocol.arms.length);
    for (const run of result.runs) expect(run.outcome).not.toBe("aborted");
    expect(result.verdict.outcome).toBe("undecided");
    const figures = study.figures(result, canvas);
    expect(figures.length).toBeGreaterThan(0);
    for (const { alternative, panels, numbers } of figures) {
      expect(alternative).not.toMatch(/undefined|NaN/);
      expect(panels.length).toBeGreaterThan(0);
      for (const { svg } of panels) expect(svg).toMatch(/^<svg[\s\S]*<\/svg>$/);
      expect(numbers.rows.length).toBeGreaterThan(0);
      for (const row of numbers.rows) expect(row).toHaveLength(numbers.columns.length);
    }
    expect(parseHTML(studyReport(result, figures)).document.title).toContain(study.title);
  });
}
