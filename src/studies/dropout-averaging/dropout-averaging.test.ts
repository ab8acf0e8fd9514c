import { parseHTML } from "linkedom";
import { expect, test } from "vitest";
import { digitsSample } from "../../data/index.ts";
import {
  memoryStore,
  runStudy,
  studyReport,
  type StudyEvent,
  type StudyResult,
} from "../../experiments/index.ts";
import { dropout, initialize, linear, sequential } from "../../nn/index.ts";
import { wasmBackend } from "../../run/wasm.ts";
import { monteCarlo } from "../../train/index.ts";
import { averageErrors, errorOf } from "./average-predictions.ts";
import dropoutAveraging from "./dropout-averaging.ts";
import { averaging } from "./measures.ts";
import { thinnedNetworks } from "./thinned-networks.ts";
import { judge } from "./verdict.ts";

const data = await digitsSample();
const backend = wasmBackend();

test("errorOf counts rows whose largest score is elsewhere", () => {
  expect(errorOf([0.1, 0.9, 0.5, 0.4, 0.2, 0.8], [1, 1, 1])).toBeCloseTo(1 / 3, 12);
});

test("three networks that are right one by one are right together, and a group of all is one", () => {
  // Rows of two classes; every network is wrong on a row of its own.
  const right = [0.9, 0.1];
  const wrong = [0.4, 0.6];
  const networks = [0, 1, 2].map((bad) =>
    Float32Array.from([0, 1, 2].flatMap((row) => (row === bad ? wrong : right))),
  );
  const { mean, sd } = averageErrors(networks, [0, 0, 0], { sizes: [1, 3], orders: 8, seed: 1 });
  expect(mean).toEqual([expect.closeTo(1 / 3, 12), 0]);
  expect(sd).toEqual([expect.closeTo(0, 12), 0]);
});

test("thinned networks have one mask for all examples each, and average to Monte-Carlo dropout", async () => {
  const model = sequential(dropout({ keep: 0.5 }), linear(784, 10));
  const weights = initialize(model, 2);
  const options = { samples: 40, seed: 3, backend };
  const networks = await thinnedNetworks(model, weights, data.test, options);
  const { mean } = await monteCarlo(model, weights, data.test, { ...options, sharedNoise: true });
  const average = networks[0]!.map(
    (_, at) => networks.reduce((sum, network) => sum + network[at]!, 0) / 40,
  );
  average.forEach((value, at) => expect(value).toBeCloseTo(mean.data[at]!, 5));
  const twice = { ...data.test, inputs: data.test.inputs.slice(), count: data.test.count };
  twice.inputs.set(data.test.inputs.subarray(0, 784), 99 * 784);
  const [first, second] = await thinnedNetworks(model, weights, twice, options);
  expect(first!.subarray(990)).toEqual(first!.subarray(0, 10));
  expect(second).not.toEqual(first);
});

/** Thirty steps on the digits sample: every part of the study at work, nothing to conclude. */
async function brief(): Promise<StudyResult> {
  const { quick } = dropoutAveraging.protocol.presets;
  const sizes = { examples: 300, layers: 1, width: 60, networks: 30, orders: 4 };
  const presets = {
    ...dropoutAveraging.protocol.presets,
    quick: { ...quick, steps: 30, observeEvery: 1, sizes },
  };
  const study = { ...dropoutAveraging, protocol: { ...dropoutAveraging.protocol, presets } };
  const events: StudyEvent[] = [];
  const services = { store: memoryStore(), data, backend, version: "0.0.0", command: "run" };
  for await (const event of runStudy(study, { ...services, seeds: 3 })) events.push(event);
  const last = events.at(-1);
  if (last?.type === "study-done") return last.result;
  throw new Error("the study must end in a result");
}

const result = await brief();

test("a run measures every group size there are networks for", () => {
  for (const run of result.runs) {
    const { sizes, mean, scaled } = averaging(run);
    expect(sizes).toEqual([1, 2, 3, 5, 7, 10, 20, 30]);
    expect(mean).toHaveLength(8);
    expect(run.measures["networks-50"]).toEqual({ value: null, atLeast: false });
    expect(run.measures["networks-10"]!.value).toBeCloseTo(mean[5]!, 5);
    expect(run.measures["weight-scaling"]!.value).toBeCloseTo(scaled!, 5);
    const met = mean.findIndex((error) => error <= scaled!);
    expect(run.measures["meeting"]).toEqual({ value: sizes[met] ?? 30, atLeast: met < 0 });
    expect(mean[0]).toBeGreaterThan(mean[7]!);
  }
  expect(result.check.passed).toBe(true);
});

test("the verdict compares each average with weight scaling in the same run", () => {
  const measures = result.measures as Parameters<typeof judge>[0];
  const fixed = (values: readonly number[]) => ({
    ...measures["networks-1"],
    arms: {
      relu: {
        ...measures["networks-1"].arms["relu"]!,
        perSeed: Object.fromEntries(values.map((value, at) => [String(at + 1), value])),
      },
    },
  });
  const summaries = {
    ...measures,
    "weight-scaling": fixed([0.03, 0.031, 0.032]),
    "networks-1": fixed([0.05, 0.052, 0.051]),
    "networks-3": fixed([0.036, 0.037, 0.0385]),
    "networks-50": fixed([0.0301, 0.0311, 0.0322]),
    "networks-120": fixed([0.03, 0.0311, 0.032]),
  };
  expect(judge(summaries, result.check).outcome).toBe("supports");
  const far = { ...summaries, "networks-50": fixed([0.04, 0.041, 0.042]) };
  expect(judge(far, result.check).outcome).toBe("contradicts");
  expect(judge(summaries, { passed: false, because: "x" }).outcome).toBe("undecided");
});

test("the report has every figure in words and numbers", () => {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const figures = dropoutAveraging.figures(result, document);
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
