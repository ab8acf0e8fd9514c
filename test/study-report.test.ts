/** The report says what the result says, needs nothing from outside, and holds hostile strings. */
import { parseHTML } from "linkedom";
import { beforeAll, describe, expect, test } from "vitest";
import { digitsSample } from "../src/data/index.ts";
import { memoryStore, runStudy, studyReport, type StudyResult } from "../src/experiments/index.ts";
import { wasmBackend } from "../src/run/wasm.ts";
import { batchnormMnist } from "../src/studies/index.ts";

const canvas = parseHTML("<!doctype html><html><body></body></html>").document;
const reportOf = (result: StudyResult): string =>
  studyReport(result, batchnormMnist.figures(result, canvas));

let result: StudyResult;
let text: string;
let page: Document;

beforeAll(async () => {
  const store = memoryStore();
  const options = { store, data: await digitsSample(), backend: wasmBackend(), version: "0.0.0" };
  const study = runStudy(batchnormMnist, {
    ...options,
    command: "npx evenkeel run batchnorm-mnist --steps 30",
    environment: { node: "v0", machine: "a test" },
    steps: 30,
    files: (finished) => [{ name: "report.html", content: reportOf(finished) }],
  });
  for await (const event of study) {
    if (event.type !== "study-done") continue;
    const folder = await store.open(event.result.id);
    result = JSON.parse((await folder.readText("result.json"))!) as StudyResult;
    text = (await folder.readText("report.html"))!;
  }
  page = parseHTML(text).document;
});

/** A cell's number: without separators, signs and units. */
function numberIn(cell: Element | null | undefined): number {
  return Number(cell!.textContent.replace(/^≥ /, "").replace("−", "-").replaceAll(",", ""));
}

test("the JSON block is result.json", () => {
  expect(JSON.parse(page.querySelector("#result")!.textContent)).toEqual(result);
});

test("the table of runs has every run's numbers", () => {
  const rows = [...page.querySelectorAll("#runs tbody tr:not(.summary)")];
  expect(rows).toHaveLength(6);
  const ordered = result.protocol.arms.flatMap(({ id }) =>
    result.runs.filter(({ arm }) => arm === id),
  );
  ordered.forEach((run, i) => {
    const cells = [...rows[i]!.querySelectorAll("td")];
    expect(rows[i]!.querySelector("th")?.textContent).toBe(`seed ${run.seed}`);
    Object.entries(run.measures).forEach(([name, { value }], column) => {
      const { unit, digits } = result.measures[name]!;
      const shown = unit === "%" ? value! * 100 : value!;
      expect(numberIn(cells[column])).toBe(Number(shown.toFixed(digits)));
    });
    expect(cells.at(-1)?.textContent).toBe("finished");
  });
});

test("the findings have the verdict's differences, intervals and outcomes", () => {
  const rows = [...page.querySelectorAll("#findings tbody tr")];
  expect(rows).toHaveLength(3);
  result.verdict.findings.forEach(({ claim, gap, outcome, measure }, i) => {
    const row = rows[i]!.textContent.replaceAll("\u00a0", " ").replaceAll("−", "-");
    const { unit, digits } = result.measures[measure]!;
    const shown = (value: number): string =>
      Math.abs(unit === "%" ? value * 100 : value).toLocaleString("en-US", {
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
      });
    expect(row).toContain(claim);
    for (const value of [gap.mean, gap.low, gap.high]) expect(row).toContain(shown(value!));
    expect(rows[i]!.querySelector(".tone")?.textContent).toContain(
      { supports: "supported", contradicts: "contradicted", undecided: "undecided" }[outcome],
    );
  });
  expect(page.querySelector(".verdict")?.className).toContain(result.verdict.outcome);
  expect(page.querySelector(".verdict")?.textContent).toContain("n = 3 paired seeds");
});

test("the accuracy table is the mean of the runs' curves", () => {
  const rows = [...page.querySelectorAll("#accuracy tbody tr")];
  const steps = result.runs[0]!.curve.map(({ step }) => step);
  expect(rows.map((row) => numberIn(row.querySelector("td")))).toEqual(steps);
  const last = [...rows.at(-1)!.querySelectorAll("td")];
  result.protocol.arms.forEach(({ id }, i) => {
    const finals = result.runs
      .filter(({ arm }) => arm === id)
      .map(({ curve }) => curve.at(-1)!.accuracy!);
    const mean = finals.reduce((sum, value) => sum + value, 0) / finals.length;
    expect(last[1 + 2 * i]?.textContent).toBe(`${(mean * 100).toFixed(2)} %`);
  });
});

/** Vertical positions of an SVG path's points. */
function heights(path: Element): number[] {
  return [...path.getAttribute("d")!.matchAll(/[ML]([\d.-]+),([\d.-]+)/g)].map((match) =>
    Number(match[2]),
  );
}

test("the drawn medians of the typical sigmoid are the result's, on one scale for both arms", () => {
  const panels = [...page.querySelectorAll("#sigmoid-input .panel svg")];
  expect(panels).toHaveLength(2);
  // Height is linear in the value: recover the line from all six curves' first points, then check all.
  const points = panels.flatMap((svg, arm) => {
    const { id } = result.protocol.arms[arm]!;
    const run = result.runs.find((one) => one.arm === id && one.seed === 1)!;
    const lines = [...svg.querySelectorAll('[aria-label="line"] path')].map(heights);
    return ["p15", "p50", "p85"].flatMap((name, i) =>
      run.probes["sigmoid-input"]!.values[name]!.map((seen, k) => ({
        value: (seen as readonly number[])[0]!,
        height: lines[i]![k]!,
      })),
    );
  });
  const [low, high] = [
    points.toSorted((a, b) => a.value - b.value)[0]!,
    points.toSorted((a, b) => b.value - a.value)[0]!,
  ];
  const slope = (high.height - low.height) / (high.value - low.value);
  expect(slope).toBeLessThan(0);
  for (const { value, height } of points) {
    expect(Math.abs(low.height + slope * (value - low.value) - height)).toBeLessThan(0.01);
  }
});

describe("it stands alone", () => {
  test("no scripts but data, no links to load, no addresses", () => {
    const scripts = [...page.querySelectorAll("script")];
    expect(scripts.map((script) => script.getAttribute("type"))).toEqual(["application/json"]);
    expect(page.querySelectorAll("link, img, iframe, object, embed, [src]")).toHaveLength(0);
    const withoutNamespaces = text.replaceAll(/xmlns(:\w+)?="[^"]*"/g, "");
    expect(withoutNamespaces).not.toMatch(/https?:|@import|url\((?!#)/);
  });

  test("every figure says in words what it shows, and has its numbers in a table", () => {
    const figures = [...page.querySelectorAll("figure")];
    expect(figures.map(({ id }) => id)).toEqual(["accuracy", "sigmoid-input", "other-units"]);
    for (const figure of figures) {
      const picture = figure.querySelector('[role="img"]')!;
      expect(picture.getAttribute("aria-label")!.length).toBeGreaterThan(60);
      expect(picture.querySelectorAll("svg").length).toBeGreaterThanOrEqual(2);
      expect(figure.querySelectorAll("table tbody tr").length).toBeGreaterThan(3);
    }
  });

  test("ids are unique, so that clips and anchors meet the right element", () => {
    const ids = [...text.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, id] of text.matchAll(/url\(#([^)]+)\)/g)) expect(ids).toContain(id);
  });

  test("arms differ by line as well as by colour", () => {
    const dashes = [...page.querySelectorAll("#accuracy .legend line")].map((line) =>
      line.getAttribute("stroke-dasharray"),
    );
    expect(new Set(dashes).size).toBe(2);
  });

  test("says how to repeat it, with what, and what differs", () => {
    const said = page.body.textContent;
    for (const part of [
      result.provenance.command,
      result.provenance.backend,
      result.data.hash,
      ...result.protocol.differs,
      result.check.because,
      "a test",
    ]) {
      expect(said).toContain(part);
    }
  });
});

test("hostile strings stay text", () => {
  const hostile = `"></td><script>alert('x')</script><!-- \u2028 &amp;`;
  const [plain, bn] = result.protocol.arms;
  const poisoned: StudyResult = {
    ...result,
    title: hostile,
    question: hostile,
    claim: hostile,
    data: { name: hostile, hash: hostile },
    protocol: {
      ...result.protocol,
      arms: [{ ...plain!, label: hostile, short: hostile, description: hostile }, bn!],
      differs: [hostile],
    },
    provenance: { ...result.provenance, command: hostile, environment: { [hostile]: hostile } },
  };
  const { document } = parseHTML(reportOf(poisoned));
  const scripts = [...document.querySelectorAll("script")];
  expect(scripts.map((script) => script.getAttribute("type"))).toEqual(["application/json"]);
  expect(JSON.parse(scripts[0]!.textContent)).toEqual(poisoned);
  expect(document.querySelector("h1")?.textContent).toBe(hostile);
  expect(document.querySelector("pre code")?.textContent).toBe(hostile);
  expect(document.querySelector("#accuracy .panel svg")?.textContent).toContain(hostile);
});

test("a diverged run is counted, named and leaves its pair out", () => {
  const [first, ...others] = result.runs;
  const broken: StudyResult = {
    ...result,
    diverged: 1,
    runs: [
      {
        ...first!,
        outcome: "diverged",
        divergence: { step: 17, loss: "NaN", layer: "4" },
        measures: { ...first!.measures, "final-accuracy": { value: null, atLeast: false } },
      },
      ...others,
    ],
  };
  const { document } = parseHTML(reportOf(broken));
  expect(document.querySelector(".verdict")?.textContent).toContain("Runs that diverged: 1.");
  const row = document.querySelector("#runs tbody tr:not(.summary)")!;
  expect(row.textContent).toContain("diverged at step 17 (4: NaN)");
  expect(row.querySelectorAll("td")[1]?.textContent).toBe("–");
});
