/** `evenkeel studies --all`, `--findings` and `evenkeel report`: several studies, one of which fails. */
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseHTML } from "linkedom";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { evenkeel, type Finished } from "./spawn-evenkeel.ts";

let root: string;
let out: string;
let first: Finished;

/** One study that makes its data, and one whose data are not to be had. */
const two = ["studies", "--all", "--only", "batchnorm-mnist,dropout-regression"];

interface Summary {
  readonly failed: number;
  readonly index: string;
  readonly studies: readonly {
    readonly study: string;
    readonly error: string | null;
    readonly result?: { readonly folder: string; readonly verdict: string };
  }[];
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "evenkeel-test-"));
  out = join(root, "runs");
  const small = ["--steps", "4", "--seeds", "1", "--out", out, "--json"];
  first = await evenkeel([...two, ...small, "--data", join(root, "nothing")], {
    EVENKEEL_CACHE: join(root, "cache"),
  });
});
afterAll(async () => rm(root, { recursive: true }));

const summary = (): Summary => JSON.parse(first.stdout) as Summary;

describe("studies --all", () => {
  test("goes on after a failure, counts it, and ends with exit code 1", () => {
    expect(first.code).toBe(1);
    const { failed, studies } = summary();
    expect(failed).toBe(1);
    // In the order of the list, not as they were named.
    expect(studies.map(({ study }) => study)).toEqual(["dropout-regression", "batchnorm-mnist"]);
    expect(studies[0]!.error).toBeNull();
    expect(studies[1]!.error).toContain("nothing");
    expect(first.stderr).toContain("study 1 of 2: dropout-regression, 2 runs of 4 steps");
  });

  test("writes one page over all studies: verdicts, failures, and what was not run", async () => {
    const { index } = summary();
    const { document } = parseHTML(await readFile(index, "utf8"));
    const rows = [...document.querySelectorAll("#studies tbody tr")];
    const rowOf = (id: string) => rows.find((row) => row.textContent.startsWith(id))!;
    const done = rowOf("dropout-regression");
    const page = done.querySelector("a")!.getAttribute("href")!;
    expect(await readFile(join(out, page), "utf8")).toMatch(/^<!doctype html>/);
    expect(done.textContent).toMatch(/supported|contradicted|undecided/);
    expect(rowOf("batchnorm-mnist").textContent).toContain("failed");
    expect(rowOf("batchnorm-learning-rate").textContent).toContain("not run");
  });

  test("reuses finished runs, and keeps their date", async () => {
    const { folder } = summary().studies[0]!.result!;
    const before = await readFile(join(folder, "result.json"), "utf8");
    const one = ["studies", "--all", "--only", "dropout-regression"];
    const again = await evenkeel([...one, "--steps", "4", "--seeds", "1", "--out", out]);
    expect(again.code).toBe(0);
    expect(again.stderr.match(/: reused at step 4/g)).toHaveLength(2);
    expect(await readFile(join(folder, "result.json"), "utf8")).toBe(before);
  });

  test("wants known studies", async () => {
    const unknown = await evenkeel(["studies", "--all", "--only", "dropout-regresion"]);
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain('did you mean "dropout-regression"?');
  });
});

test("report makes a study's files again from its runs' events", async () => {
  const { folder } = summary().studies[0]!.result!;
  const before = await readFile(join(folder, "report.html"), "utf8");
  const pictures = (await readdir(folder)).filter((name) => /\.(svg|png|csv)$/.test(name));
  expect(pictures.length).toBeGreaterThanOrEqual(3);
  for (const name of [...pictures, "report.html"]) await rm(join(folder, name));
  const { code, stdout } = await evenkeel(["report", folder, "--json"]);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ study: "dropout-regression", folder });
  expect(await readFile(join(folder, "report.html"), "utf8")).toBe(before);
  expect(await readdir(folder)).toEqual(expect.arrayContaining(pictures));
  const wrong = await evenkeel(["report", root]);
  expect(wrong.code).toBe(1);
  expect(wrong.stderr).toContain("must be a study's, with its study.json");
});

test("findings are one row per part of a claim, with the words on a study", async () => {
  const page = join(root, "findings.md");
  const notes = join(root, "notes.md");
  await writeFile(notes, "# Notes\n\n## dropout-regression\n\nFour steps are too few.\n");
  const { code } = await evenkeel(["studies", "--findings", page, "--notes", notes, "--out", out]);
  expect(code).toBe(0);
  const text = await readFile(page, "utf8");
  const { folder } = summary().studies[0]!.result!;
  const result = JSON.parse(await readFile(join(folder, "result.json"), "utf8")) as {
    verdict: { findings: { claim: string; outcome: string; gap: { n: number } }[] };
  };
  const rows = text.split("\n").filter((line) => line.startsWith("| `dropout-regression` |"));
  expect(rows).toHaveLength(result.verdict.findings.length);
  const words = { supports: "supported", contradicts: "contradicted", undecided: "undecided" };
  result.verdict.findings.forEach(({ claim, outcome, gap }, i) => {
    const cells = rows[i]!.split(" | ");
    expect(cells[1]).toBe(claim);
    expect(cells[2]).toBe(words[outcome as keyof typeof words]);
    expect(cells[4]).toBe(String(gap.n));
    expect(cells[5]).toContain("quick, steps 4, seeds 1");
  });
  expect(text).toContain("Four steps are too few.");
});

test("--dry-run says what a study would take, and trains nothing that is kept", async () => {
  const folder = join(root, "dry");
  const dry = ["run", "dropout-regression", "--seeds", "1", "--dry-run"];
  const { code, stdout } = await evenkeel([...dry, "--out", folder, "--json"]);
  expect(code).toBe(0);
  const { runs, seconds, arms } = JSON.parse(stdout) as {
    runs: number;
    seconds: number;
    arms: { arm: string; perStep: number; run: number }[];
  };
  expect(runs).toBe(2);
  expect(arms.map(({ arm }) => arm)).toEqual(["gaussian", "digits"]);
  for (const { perStep, run } of arms) expect(run).toBeGreaterThan(perStep);
  expect(seconds).toBeGreaterThanOrEqual(Math.max(...arms.map(({ run }) => run)));
  expect(await readdir(folder)).toEqual([]);
});
