/** The studies of normalization, each run small: arms train, and the report can be drawn. */
import { parseHTML } from "linkedom";
import { expect, test } from "vitest";
import { digitsSample, type Dataset, type Split } from "../src/data/index.ts";
import {
  executeRun,
  memoryStore,
  runStudy,
  studyReport,
  type RunDescription,
  type RunEvent,
  type RunResult,
  type Scale,
  type Study,
  type StudyResult,
} from "../src/experiments/index.ts";
import { wasmBackend } from "../src/run/wasm.ts";
import {
  batchnormCost,
  batchnormInception,
  batchnormLearningRate,
  groupnormBatchSize,
  normalizers,
  selfNormalizing,
} from "../src/studies/index.ts";

const canvas = parseHTML("<!doctype html><html><body></body></html>").document;
const tiny: Scale = {
  steps: 4,
  seeds: 1,
  evaluateEvery: 2,
  observeEvery: 2,
  checkpointEvery: 4,
};

/** The study with a preset so small that a test can run it. */
function shrunk(study: Study, scale: Scale): Study {
  const presets = { ...study.protocol.presets, quick: scale };
  return { ...study, protocol: { ...study.protocol, presets } };
}

/** Trains the arms named, and lets the others have what the first of them gave. */
async function resultOf(
  study: Study,
  data: Dataset,
  trained: readonly string[],
): Promise<StudyResult> {
  const services = { store: memoryStore(), data, backend: wasmBackend() };
  let first: RunResult | null = null;
  async function* execute(description: RunDescription): AsyncGenerator<RunEvent> {
    const { arm } = description;
    if (!trained.includes(arm)) {
      yield { type: "result", result: { ...first!, arm } };
      return;
    }
    for await (const event of executeRun(study, description, services)) {
      if (event.type === "result") first ??= event.result;
      yield event;
    }
  }
  const options = { ...services, execute, version: "0.0.0", command: "run" };
  let result: StudyResult | null = null;
  for await (const event of runStudy(study, options)) {
    if (event.type === "study-done") ({ result } = event);
  }
  return result!;
}

const digits = digitsSample();
const square = digitsSample({ shape: [28, 28, 1] });

/** Small colour images of nothing in particular. */
async function colours(): Promise<Dataset> {
  const part = (count: number): Split => ({
    inputs: Uint8Array.from({ length: count * 16 * 16 * 3 }, (_, i) => (i * 7919 + (i >> 5)) % 256),
    inputScale: 1 / 255,
    targets: Int32Array.from({ length: count }, (_, row) => row % 10),
    shape: [16, 16, 3],
    count,
  });
  return { name: "colours", hash: "none", train: part(256), test: part(20), classes: 10 };
}

async function noise(): Promise<Dataset> {
  if (!("generate" in batchnormCost.data)) throw new Error("batchnorm-cost makes its own data");
  return batchnormCost.data.generate();
}

const sizes = { width: 8, testExamples: 20, targetPercent: 90, milliseconds: 1 };

const small: readonly (readonly [Study, Promise<Dataset>, readonly string[]])[] = [
  [batchnormLearningRate, digits, ["sigmoid-plain-fifth", "relu-bn-x1"]],
  [batchnormInception, colours(), ["inception", "bn-x5-dropout"]],
  [batchnormCost, noise(), ["mnist"]],
  [normalizers, square, ["mlp-none", "conv-weight", "conv-group"]],
  [groupnormBatchSize, colours(), ["bn-2", "gn-32"]],
  [selfNormalizing, digits, ["snn-8", "snn-dropout-8", "bn-8"]],
];

for (const [study, data, trained] of small) {
  test(`${study.id}: arms give their measures, and every figure is drawn and described`, async () => {
    const brief = shrunk(study, { ...tiny, sizes });
    const result = await resultOf(brief, await data, trained);
    expect(result.runs).toHaveLength(study.protocol.arms.length);
    for (const run of result.runs) expect(run.outcome).toBe("finished");
    for (const run of result.runs) {
      const values = Object.values(run.measures).map(({ value }) => value);
      for (const value of values) expect(value === null || Number.isFinite(value)).toBe(true);
    }
    // One seed tells nothing.
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
