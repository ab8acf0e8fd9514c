import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";
import { digitsSample } from "../../data/index.ts";
import {
  memoryStore,
  runStudy,
  studyReport,
  type StudyEvent,
  type StudyResult,
} from "../../experiments/index.ts";
import { wasmBackend } from "../../run/wasm.ts";
import type { TrainEvent } from "../../train/index.ts";
import { NORMS } from "../dropout-parts/column-norms.ts";
import dropoutMnist from "./dropout-mnist.ts";
import { checkMnist } from "./measures.ts";
import type { DropoutMnistArm } from "./model.ts";
import { judge } from "./verdict.ts";

/** A few steps on the digits sample: every arm at work, nothing to conclude. */
async function brief(): Promise<StudyResult> {
  const { quick } = dropoutMnist.protocol.presets;
  const sizes = { examples: 300, layers: 1, width: 40 };
  const scale = { ...quick, steps: 30, evaluateEvery: 15, observeEvery: 1, sizes };
  const presets = { ...dropoutMnist.protocol.presets, quick: scale };
  const study = { ...dropoutMnist, protocol: { ...dropoutMnist.protocol, presets } };
  const events: StudyEvent[] = [];
  const services = { store: memoryStore(), data: await digitsSample(), backend: wasmBackend() };
  const options = { seeds: 2, version: "0.0.0", command: "run" };
  for await (const event of runStudy(study, { ...services, ...options })) events.push(event);
  const last = events.at(-1);
  if (last?.type === "study-done") return last.result;
  throw new Error("the study must end in a result");
}

const result = await brief();

test("every arm runs; test error is what the last evaluation got wrong", () => {
  expect(result.runs).toHaveLength(16);
  for (const { outcome, curve, measures } of result.runs) {
    expect(outcome).toBe("finished");
    expect(curve.map(({ step }) => step)).toEqual([0, 15, 30]);
    expect(measures["test-error"]!.value).toBeCloseTo(1 - curve.at(-1)!.accuracy!, 12);
  }
});

test("a run that goes on from a checkpoint ends as the uninterrupted one", async () => {
  const saved = new Map<number, Uint8Array>();
  const sizes = { examples: 300, layers: 1, width: 40 };
  const { quick } = dropoutMnist.protocol.presets;
  const scale = {
    ...quick,
    steps: 20,
    evaluateEvery: 20,
    observeEvery: 5,
    checkpointEvery: 5,
    sizes,
  };
  const setup = {
    arm: "relu-dropout-max-norm" as const,
    seed: 4,
    scale,
    data: await digitsSample(),
    backend: wasmBackend(),
    saveCheckpoint: async (step: number, bytes: Uint8Array) => void saved.set(step, bytes),
  };
  const lastProbes = async (resume?: Uint8Array): Promise<TrainEvent[]> => {
    const events: TrainEvent[] = [];
    for await (const event of dropoutMnist.train({ ...setup, ...(resume && { resume }) })) {
      const looked = event.type === "probe" || event.type === "evaluation";
      if (looked && event.step === 20) events.push(event);
    }
    return events;
  };
  const whole = await lastProbes();
  expect(whole.map(({ type }) => type)).toEqual(["probe", "evaluation", "probe"]);
  expect(await lastProbes(saved.get(10))).toEqual(whole);
  // Even when only what follows the last step was missing.
  expect((await lastProbes(saved.get(20))).at(-1)).toEqual(whole.at(-1));
});

describe("the check", () => {
  // Thirty steps move no weight over the bound, so runs without max-norm get longer ones here.
  const runs = result.runs.map((run) => {
    const norms = run.probes[NORMS]!;
    const longer = { ...norms, values: { largest: [[2.5, 2.1]] } };
    return run.arm.includes("max-norm")
      ? run
      : { ...run, probes: { ...run.probes, [NORMS]: longer } };
  });

  test("passes when noise and bounds are where they should be", () => {
    expect(checkMnist(runs)).toMatchObject({ passed: true });
  });

  test("fails when a bound does not hold, was not needed, or an arm has another arm's noise", () => {
    const changed = (arm: DropoutMnistArm, largest: number[]) =>
      runs.map((run) =>
        run.arm === arm
          ? {
              ...run,
              probes: {
                ...run.probes,
                [NORMS]: { unit: "n", steps: [30], values: { largest: [largest] } },
              },
            }
          : run,
      );
    expect(checkMnist(changed("relu-max-norm", [2.1, 1])).passed).toBe(false);
    expect(checkMnist(changed("relu-dropout", [1.9, 1])).passed).toBe(false);
    const renamed = (from: DropoutMnistArm, to: DropoutMnistArm) =>
      runs.map((run) => (run.arm === from ? { ...run, arm: to } : run));
    expect(checkMnist(renamed("relu-max-norm", "relu-dropout-max-norm")).passed).toBe(false);
    expect(checkMnist(renamed("relu-gaussian-max-norm", "relu-dropout-max-norm")).passed).toBe(
      false,
    );
  });
});

describe("the verdict", () => {
  const errors: Readonly<Record<DropoutMnistArm, number>> = {
    logistic: 0.016,
    "logistic-dropout": 0.0135,
    relu: 0.0165,
    "relu-max-norm": 0.0135,
    "relu-dropout": 0.0125,
    "relu-dropout-max-norm": 0.0106,
    "relu-dropout-max-norm-wide": 0.0102,
    "relu-gaussian-max-norm": 0.0105,
  };
  const summaries = (changes: Partial<typeof errors> = {}): Parameters<typeof judge>[0] => {
    const own = result.measures["test-error"]!;
    const arms = Object.entries({ ...errors, ...changes }).map(([arm, error]) => {
      const perSeed = { 1: error, 2: error + 1e-4, 3: error + (arm.length % 3) * 1e-4 };
      return [arm, { ...own.arms[arm]!, perSeed }] as const;
    });
    return { "test-error": { ...own, arms: Object.fromEntries(arms) } };
  };
  const passed = { passed: true, because: "" };

  test("the paper's errors support the claim", () => {
    expect(judge(summaries(), passed).outcome).toBe("supports");
  });

  test("dropout that harms contradicts it; Gaussian noise may be neither much worse nor better", () => {
    expect(judge(summaries({ "relu-dropout": 0.02 }), passed).outcome).toBe("contradicts");
    for (const error of [0.006, 0.016]) {
      const { findings } = judge(summaries({ "relu-gaussian-max-norm": error }), passed);
      expect(findings.map(({ outcome }) => outcome)).toEqual([
        ...new Array<string>(5).fill("supports"),
        "contradicts",
      ]);
    }
  });
});

test("the report has every figure in words and numbers", () => {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const figures = dropoutMnist.figures(result, document);
  for (const { alternative, numbers, panels } of figures) {
    expect(alternative).not.toMatch(/NaN|undefined|Infinity/);
    expect(numbers.rows.length).toBeGreaterThan(1);
    expect(new Set(numbers.rows.map((row) => row.length))).toEqual(
      new Set([numbers.columns.length]),
    );
    for (const { svg } of panels) expect(svg).toMatch(/^<svg[^]*<(path|circle)/);
  }
  expect(studyReport(result, figures)).toContain('legend"');
});
