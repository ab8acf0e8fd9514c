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
import { wasmBackend } from "../../run/wasm.ts";
import dropoutDataSize from "./dropout-data-size.ts";
import { checkDataSize } from "./measures.ts";
import { choices, choiceOf } from "./model.ts";
import { gainSummary, judge } from "./verdict.ts";

/** A few steps on the digits sample, which has 400 of them whatever the arm asks for. */
async function brief(): Promise<StudyResult> {
  const { quick } = dropoutDataSize.protocol.presets;
  const scale = {
    ...quick,
    steps: 20,
    evaluateEvery: 20,
    observeEvery: 1,
    sizes: { layers: 1, width: 40 },
  };
  const presets = { ...dropoutDataSize.protocol.presets, quick: scale };
  const study = { ...dropoutDataSize, protocol: { ...dropoutDataSize.protocol, presets } };
  const events: StudyEvent[] = [];
  const services = { store: memoryStore(), data: await digitsSample(), backend: wasmBackend() };
  const options = { seeds: 2, version: "0.0.0", command: "run" };
  for await (const event of runStudy(study, { ...services, ...options })) events.push(event);
  const last = events.at(-1);
  if (last?.type === "study-done") return last.result;
  throw new Error("the study must end in a result");
}

const result = await brief();

test("every method runs at every size, dropping units with dropout only", () => {
  expect(choices).toHaveLength(12);
  expect(result.runs.map(({ outcome }) => outcome)).toEqual(new Array<string>(24).fill("finished"));
  expect(result.check.passed).toBe(true);
  const swapped = result.runs.map((run) => {
    const { method, examples } = choiceOf(run.arm as (typeof choices)[number]["id"]);
    return { ...run, arm: `${method === "with" ? "without" : "with"}-${examples}` };
  });
  expect(checkDataSize(swapped).passed).toBe(false);
  // A hundred digits are other examples than all four hundred.
  const errors = result.measures["test-error"]!.arms;
  expect(errors["without-100"]!.perSeed).not.toEqual(errors["without-500"]!.perSeed);
  expect(errors["without-5000"]!.perSeed).toEqual(errors["without-500"]!.perSeed);
});

/** The measure with these errors: per size without and with dropout, a little other in each seed. */
function withErrors(
  errors: Readonly<Record<number, readonly [number, number]>>,
): Parameters<typeof judge>[0] {
  const own = result.measures["test-error"]!;
  const arms = choices.map(({ id, method, examples }) => {
    const error = errors[examples]![method === "with" ? 1 : 0];
    const perSeed = { 1: error, 2: error * 1.01, 3: error * (examples % 3 === 1 ? 1.02 : 0.99) };
    return [id, { ...own.arms[id]!, perSeed }] as const;
  });
  return { "test-error": { ...own, arms: Object.fromEntries(arms) } };
}

const PAPER = {
  100: [0.228, 0.266],
  500: [0.13, 0.132],
  1000: [0.107, 0.106],
  5000: [0.047, 0.03],
  10000: [0.033, 0.024],
  50000: [0.017, 0.013],
} as const;

test("the gain is the share of errors taken away, seed by seed, and nothing without a pair", () => {
  const summary = withErrors(PAPER)["test-error"];
  expect(gainSummary(summary).arms["5000"]!.perSeed["1"]).toBeCloseTo(1 - 0.03 / 0.047, 12);
  const lost = { ...summary.arms["with-100"]!, perSeed: { 1: null, 2: 0.1, 3: 0.1 } };
  const holed = { ...summary, arms: { ...summary.arms, "with-100": lost } };
  expect(gainSummary(holed).arms["100"]!.perSeed["1"]).toBeNull();
});

test("the paper's errors support the claim; a gain at 100, or none at 5,000, contradicts it", () => {
  const passed = { passed: true, because: "" };
  expect(judge(withErrors(PAPER), passed).outcome).toBe("supports");
  for (const change of [{ 100: [0.228, 0.18] }, { 5000: [0.047, 0.05] }] as const) {
    expect(judge(withErrors({ ...PAPER, ...change }), passed).outcome).toBe("contradicts");
  }
});

test("the report has every figure in words and numbers", () => {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const figures = dropoutDataSize.figures(result, document);
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
