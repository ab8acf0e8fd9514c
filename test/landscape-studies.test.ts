/**
 * The studies after Santurkar et al., a few of their runs made small: networks, probes, measures,
 * check, verdict and figures fit each other.
 */
import { parseHTML } from "linkedom";
import { expect, test } from "vitest";
import { hashDataset, type Dataset, type Split } from "../src/data/index.ts";
import {
  memoryStore,
  runStudy,
  type Scale,
  type Study,
  type StudyResult,
} from "../src/experiments/index.ts";
import { wasmBackend } from "../src/run/wasm.ts";
import { covariateShift, lpBatchnorm, noisyBatchnorm } from "../src/studies/index.ts";

const canvas = parseHTML("<!doctype html><html><body></body></html>").document;
const scale: Scale = {
  steps: 2,
  seeds: 1,
  evaluateEvery: 2,
  observeEvery: 1,
  checkpointEvery: 2,
  sizes: { width: 1, side: 16, batch: 8, linearSteps: 2, linearEvery: 1 },
};

/** Noise in the shape of CIFAR-10. */
async function noise(): Promise<Dataset> {
  const split = (count: number): Split => ({
    inputs: Uint8Array.from({ length: count * 32 * 32 * 3 }, (_, i) => (i * i * 31 + i) % 251),
    inputScale: 1 / 255,
    targets: Int32Array.from({ length: count }, (_, i) => i % 10),
    shape: [32, 32, 3],
    count,
  });
  const parts = { train: split(80), test: split(16), classes: 10 };
  return { name: "noise", hash: await hashDataset(parts), ...parts };
}

async function resultOf(study: Study, kept: readonly string[]): Promise<StudyResult> {
  const presets = { ...study.protocol.presets, quick: scale };
  const arms = study.protocol.arms.filter(({ id }) => kept.includes(id));
  const small: Study = {
    ...study,
    protocol: { ...study.protocol, presets, arms },
    verdict: (_, check) => ({ outcome: "undecided", because: check.because, findings: [] }),
  };
  let result: StudyResult | null = null;
  const services = { store: memoryStore(), data: await noise(), backend: wasmBackend() };
  const events = runStudy(small, { ...services, version: "0.0.0", command: "run" });
  for await (const event of events) if (event.type === "study-done") ({ result } = event);
  return result!;
}

const cases: readonly (readonly [Study, readonly string[], readonly string[]])[] = [
  [noisyBatchnorm, ["noisy"], ["training-speed", "final-test", "mean-drift"]],
  [covariateShift, ["linear-bn"], ["cosine", "relative", "distance", "final-loss"]],
  [lpBatchnorm, ["vgg-linf"], ["training-speed", "loss-range", "smoothness-late"]],
];

for (const [study, arms, measured] of cases) {
  test(`${study.id}: ${arms.join(", ")} trains, is measured and drawn`, async () => {
    const result = await resultOf(study, arms);
    expect(result.runs.map(({ arm }) => arm)).toEqual(arms);
    for (const run of result.runs) {
      expect(run.outcome).toBe("finished");
      for (const name of measured) expect(run.measures[name]!.value).toEqual(expect.any(Number));
    }
    expect(result.check.because).not.toContain("undefined");
    for (const { panels, alternative, numbers } of study.figures(result, canvas)) {
      expect(alternative).not.toMatch(/undefined|NaN/);
      for (const { svg } of panels) expect(svg).toMatch(/^<svg[\s\S]*<\/svg>$/);
      for (const row of numbers.rows) expect(row).toHaveLength(numbers.columns.length);
    }
  });
}
