import { parseHTML } from "linkedom";
import { expect, test } from "vitest";
import { digitsSample } from "../../data/index.ts";
import {
  memoryStore,
  runStudy,
  type StudyEvent,
  type StudyResult,
} from "../../experiments/index.ts";
import { memberTree } from "../../nn/index.ts";
import { wasmBackend } from "../../run/wasm.ts";
import dropoutRate from "./dropout-rate.ts";
import { checkRates } from "./measures.ts";
import { choiceOf, choices, rateNetwork, type RateArm } from "./model.ts";
import { judge } from "./verdict.ts";

/** A few steps on the digits sample: every arm at work, nothing to conclude. */
async function brief(): Promise<StudyResult> {
  const { quick } = dropoutRate.protocol.presets;
  const sizes = { examples: 300, layers: 1, width: 30, kept: 12 };
  const scale = { ...quick, steps: 20, evaluateEvery: 20, observeEvery: 1, sizes };
  const presets = { ...dropoutRate.protocol.presets, quick: scale };
  const study = { ...dropoutRate, protocol: { ...dropoutRate.protocol, presets } };
  const events: StudyEvent[] = [];
  const services = { store: memoryStore(), data: await digitsSample(), backend: wasmBackend() };
  const options = { seeds: 2, version: "0.0.0", command: "run" };
  for await (const event of runStudy(study, { ...services, ...options })) events.push(event);
  const last = events.at(-1);
  if (last?.type === "study-done") return last.result;
  throw new Error("the study must end in a result");
}

const result = await brief();

test("fixed pn widens what keeps less; fixed n does not", () => {
  const widths = (arm: RateArm): number[] =>
    memberTree(rateNetwork(choiceOf(arm), { layers: 2, width: 256, kept: 80 })).members.flatMap(
      ({ path, member }) => (path.endsWith(".weight") ? [member.shape[1]!] : []),
    );
  expect(widths("n-10")).toEqual([256, 256, 10]);
  expect(widths("n-100")).toEqual([256, 256, 10]);
  expect(widths("pn-10")).toEqual([800, 800, 10]);
  expect(widths("pn-30")).toEqual([267, 267, 10]);
  expect(widths("pn-100")).toEqual([80, 80, 10]);
});

test("every arm runs, dropping its own share of hidden units and no input", () => {
  expect(result.runs).toHaveLength(40);
  for (const { outcome, measures } of result.runs) {
    expect(outcome).toBe("finished");
    for (const { value } of Object.values(measures)) expect(value).toBeLessThan(1);
  }
  expect(result.check).toMatchObject({ passed: true });
  const moved = result.runs.map((run) => (run.arm === "n-20" ? { ...run, arm: "n-30" } : run));
  expect(checkRates(moved).passed).toBe(false);
  const none = result.runs.map((run) => (run.arm === "n-90" ? { ...run, arm: "n-100" } : run));
  expect(checkRates(none).passed).toBe(false);
});

const PAPER = {
  n: [3.2, 1.8, 1.2, 1.12, 1.06, 1.09, 1.1, 1.08, 1.26, 1.65],
  pn: [2.4, 1.77, 1.5, 1.27, 1.2, 1.1, 1.2, 1.43, 1.46, 1.7],
} as const;

test("the paper's errors support the claim; a peak inside the flat stretch contradicts it", () => {
  const summaries = (
    change: Partial<Record<RateArm, number>> = {},
  ): Parameters<typeof judge>[0] => {
    const errors = choices.map(({ id, family, keep }) => {
      const error = change[id] ?? PAPER[family][Math.round(keep * 10) - 1]! / 100;
      return [id, { 1: error, 2: error * 1.01, 3: error * (keep > 0.5 ? 1.005 : 0.995) }] as const;
    });
    const filled = (name: "test-error" | "training-error") => {
      const own = result.measures[name]!;
      const arms = errors.map(([id, perSeed]) => [id, { ...own.arms[id]!, perSeed }] as const);
      return { ...own, arms: Object.fromEntries(arms) };
    };
    return { "test-error": filled("test-error"), "training-error": filled("training-error") };
  };
  const passed = { passed: true, because: "" };
  expect(judge(summaries(), passed).outcome).toBe("supports");
  expect(judge(summaries({ "n-60": 0.02 }), passed).outcome).toBe("contradicts");
  expect(judge(summaries({ "pn-10": 0.04 }), passed).outcome).toBe("contradicts");
});

test("the figure has both families in words and numbers", () => {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const [figure] = dropoutRate.figures(result, document);
  expect(figure!.panels).toHaveLength(2);
  expect(figure!.numbers.rows).toHaveLength(20);
  expect(figure!.alternative).not.toMatch(/NaN|undefined/);
  for (const { svg } of figure!.panels) expect(svg).toMatch(/^<svg[^]*<path/);
});
