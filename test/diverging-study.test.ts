/**
 * A study in which one arm diverges, from training to the files: the divergence is counted in the
 * verdict and in the report, and everything can be made again from what the runs said.
 */
import { decode } from "fast-png";
import { parseHTML } from "linkedom";
import { beforeAll, describe, expect, test } from "vitest";
import { makeStudyFiles } from "../src/cli/make-study-files.ts";
import { digitsSample } from "../src/data/index.ts";
import {
  combineFindings,
  curvePanel,
  defineStudy,
  finalAccuracy,
  findLarger,
  memoryStore,
  rebuildStudy,
  runStudy,
  type RunStore,
  type Study,
  type StudyResult,
} from "../src/experiments/index.ts";
import { findingsPage } from "../src/experiments/report/findings-page.ts";
import { studiesIndex } from "../src/experiments/report/studies-index.ts";
import { crossEntropy, linear, relu, sequential } from "../src/nn/index.ts";
import { wasmBackend } from "../src/run/wasm.ts";
import { fit, sgd } from "../src/train/index.ts";

const ARM = { description: "784-16-10" };
const SCALE = { steps: 12, seeds: 3, evaluateEvery: 4, observeEvery: 4, checkpointEvery: 12 };
const rates: Readonly<Record<string, number>> = { steady: 0.1, wild: 1e20 };

const study: Study = defineStudy<"steady" | "wild", "accuracy">({
  id: "wild-rate",
  revision: 1,
  title: "A rate too high",
  question: "Does a wild learning rate do worse?",
  claim: "A steady rate ends better.",
  source: { authors: "Nobody", year: 2026, title: "Rates", place: "section 1", id: "none" },
  data: { name: "digits", generate: async () => digitsSample() },
  protocol: {
    arms: [
      { ...ARM, id: "steady", label: "steady rate", short: "steady" },
      { ...ARM, id: "wild", label: "wild rate", short: "wild" },
    ],
    held: { Optimizer: "gradient descent" },
    differs: ["Nothing is known of the source."],
    presets: { quick: SCALE, standard: SCALE, paper: SCALE },
  },
  measures: {
    accuracy: {
      label: "Final accuracy",
      unit: "%",
      definition: "Share classified correctly.",
      digits: 1,
      of: (record) => ({
        value: record.outcome === "finished" ? finalAccuracy(record) : null,
        atLeast: false,
      }),
    },
  },
  formulas: [{ tex: String.raw`w \leftarrow w - \eta \nabla L`, caption: "η is the rate." }],
  train: ({ arm, seed, scale, data, backend, saveCheckpoint }) =>
    fit(sequential(linear(784, 16), relu(), linear(16, 10)), {
      data,
      loss: crossEntropy(),
      optimizer: sgd({ learningRate: rates[arm]! }),
      steps: scale.steps,
      batchSize: 20,
      seed,
      backend,
      evaluateEvery: scale.evaluateEvery,
      checkpointEvery: scale.checkpointEvery,
      onCheckpoint: saveCheckpoint,
    }),
  check: () => ({ passed: true, because: "the rates differ" }),
  rule: "By the interval.",
  verdict: ({ accuracy }, check) =>
    combineFindings(
      [
        findLarger({
          claim: "A steady rate ends better.",
          measure: "accuracy",
          summary: accuracy,
          first: "steady",
          second: "wild",
          difference: "steady − wild",
        }),
      ],
      check,
    ),
  figures: (result, document) => [
    {
      id: "accuracy",
      title: "Accuracy, by rate",
      caption: "Mean over seeds.",
      alternative: "The steady rate rises; the wild one has no evaluation after the first.",
      panels: [
        {
          title: "All",
          svg: curvePanel({
            series: result.protocol.arms.map(({ id, short }) => ({
              short,
              seeds: result.runs
                .filter(({ arm }) => arm === id)
                .map(({ seed, curve }) => ({
                  seed,
                  points: curve.map(({ step, accuracy }) => ({ step, value: accuracy! })),
                })),
            })),
            yDomain: [0, 1],
            width: 400,
            height: 260,
            document,
          }),
        },
      ],
      numbers: {
        columns: ["run", 'value, "quoted"'],
        rows: result.runs.map(({ arm, measures }) => [arm, measures["accuracy"]!.value ?? "–"]),
      },
    },
  ],
});

let store: RunStore;
let result: StudyResult;
let page: Document;

beforeAll(async () => {
  store = memoryStore();
  const events = runStudy(study, {
    store,
    data: await digitsSample(),
    backend: wasmBackend(),
    version: "0.0.0",
    command: "evenkeel run wild-rate",
    files: (finished) => makeStudyFiles(study, finished),
  });
  for await (const event of events) if (event.type === "study-done") result = event.result;
  const folder = await store.open(result.id);
  page = parseHTML((await folder.readText("report.html"))!).document;
});

test("the diverged runs are counted, and leave the verdict undecided for that reason", () => {
  expect(result.diverged).toBe(3);
  expect(result.verdict.outcome).toBe("undecided");
  expect(result.verdict.findings[0]!.because).toContain("3 of 3 pairs have no value (wild: 3)");
  const wild = result.runs.filter(({ arm }) => arm === "wild");
  for (const { outcome, divergence } of wild) {
    expect(outcome).toBe("diverged");
    expect(divergence).toMatchObject({ step: expect.any(Number) as number });
  }
});

test("the report counts them and says where each diverged", () => {
  expect(page.querySelector(".verdict")?.textContent).toContain("Runs that diverged: 3.");
  const rows = [...page.querySelectorAll("#runs tbody tr:not(.summary)")];
  const said = rows.map((row) => row.textContent);
  expect(said.filter((text) => text.includes("diverged at step"))).toHaveLength(3);
  expect(said.filter((text) => text.includes("finished"))).toHaveLength(3);
});

test("the page over all studies and the page of findings count them too", () => {
  const index = studiesIndex(
    [
      { study: study.id, question: study.question, result, page: "wild/report.html" },
      { study: "broken", question: "Will it run?", error: "no <data>" },
    ],
    "quick",
  );
  const { document } = parseHTML(index);
  const [found, broken] = [...document.querySelectorAll("#studies tbody tr")];
  expect(found!.textContent).toContain("undecided");
  expect(found!.textContent).toContain("3 diverged");
  expect(found!.querySelector("a")?.getAttribute("href")).toBe("wild/report.html");
  expect(broken!.textContent).toContain("failed");
  expect(broken!.textContent).toContain("no <data>");
  expect(document.querySelector("header")?.textContent).toContain("1 of 2 have a result");
  const markdown = findingsPage([result]);
  expect(markdown).toContain("3 of 6 runs diverged.");
  expect(markdown).toContain(
    "- Undecided: A steady rate ends better. Final accuracy, steady − wild",
  );
});

test("the report sets the formulas, without fonts or scripts", () => {
  const math = page.querySelector(".formula math");
  expect(math?.textContent).toContain("∇");
  expect(page.querySelector(".formula")?.textContent).toContain("η is the rate.");
  expect(page.querySelectorAll("link, script[src]")).toHaveLength(0);
});

describe("the figure stands beside the report", () => {
  test("as an SVG that needs nothing else", async () => {
    const svg = (await (await store.open(result.id)).readText("figure-accuracy.svg"))!;
    expect(svg).toContain("Accuracy, by rate");
    expect(svg).toContain("wild rate");
    expect(svg).not.toMatch(/var\(|currentColor|<style|url\((?!#)/);
    expect(svg).toContain("<desc>The steady rate rises");
  });

  test("as a PNG with its lines and its letters", async () => {
    const bytes = (await (await store.open(result.id)).readBytes("figure-accuracy.png"))!;
    const { data, width, height, channels } = decode(bytes);
    const svg = (await (await store.open(result.id)).readText("figure-accuracy.svg"))!;
    const wide = Number(/ width="(\d+)"/.exec(svg)![1]);
    expect(width).toBe(2 * wide);
    // The title is dark on white: letters leave ink in its band, and only some.
    const band = { top: 40, bottom: 72, left: 40, right: 400 };
    let dark = 0;
    for (let y = band.top; y < band.bottom; y++) {
      for (let x = band.left; x < band.right; x++) {
        if (data[(y * width + x) * channels]! < 90) dark++;
      }
    }
    const share = dark / ((band.bottom - band.top) * (band.right - band.left));
    expect(share).toBeGreaterThan(0.04);
    expect(share).toBeLessThan(0.4);
    expect(height).toBeGreaterThan(400);
  });

  test("as CSV, quoted where it must be", async () => {
    const csv = (await (await store.open(result.id)).readText("figure-accuracy.csv"))!;
    const [head, ...rows] = csv.trimEnd().split("\r\n");
    expect(head).toBe('run,"value, ""quoted"""');
    expect(rows).toHaveLength(6);
    const steady = result.runs[0]!.measures["accuracy"]!.value;
    expect(rows[0]).toBe(`steady,${steady}`);
  });
});

describe("rebuilding", () => {
  const files = (finished: StudyResult) => makeStudyFiles(study, finished);

  test("gives the same result and the same report from the events alone", async () => {
    const folder = await store.open(result.id);
    const before = await folder.readText("report.html");
    for (const { id } of result.runs) await (await store.open(id)).remove("result.json");
    await folder.remove("report.html");
    const again = await rebuildStudy(study, result.id, { store, files });
    const timeless = ({ provenance, runs, ...rest }: StudyResult): object => ({
      ...rest,
      provenance: { ...provenance, seconds: 0 },
      runs: runs.map((run) => ({ ...run, seconds: 0 })),
    });
    expect(timeless(again)).toEqual(timeless(result));
    const pattern = /[\d.,]+ s |[\d.]+ ms per step|"seconds":[\d.e-]+/g;
    const report = await folder.readText("report.html");
    expect(report?.replaceAll(pattern, "")).toBe(before?.replaceAll(pattern, ""));
  });

  test("refuses another revision, a folder without a plan and a run that is not over", async () => {
    const other = { ...study, revision: 2 };
    await expect(rebuildStudy(other, result.id, { store })).rejects.toThrow(
      "must be of wild-rate, revision 2, got wild-rate, revision 1",
    );
    await expect(rebuildStudy(study, "nothing", { store })).rejects.toThrow("study.json");
    const run = await store.open(result.runs[0]!.id);
    await run.remove("events.jsonl");
    await expect(rebuildStudy(study, result.id, { store })).rejects.toThrow(
      "the run must be finished, got no events",
    );
  });
});
