/** `evenkeel compare` and `predict` on a file of rows: the same table however it is computed. */
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { kFolds, readTable, targetColumn } from "../src/data/index.ts";
import { evenkeel, spawnEvenkeel } from "./spawn-evenkeel.ts";

interface Compared {
  readonly arms: readonly { readonly id: string; readonly values: readonly number[] }[];
  readonly runs: readonly {
    readonly id: string;
    readonly arm: string;
    readonly measures: Readonly<Record<string, { readonly value: number }>>;
  }[];
  readonly sentence: string;
  readonly best: string;
  readonly model: string;
  readonly report: string;
  readonly provenance: { readonly reusedRuns: number };
}

let root: string;
let file: string;
let spec: string;
let lines: readonly string[];
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "evenkeel-test-"));
  file = join(root, "flats.csv");
  lines = Array.from({ length: 120 }, (_, i) => {
    const [size, noise] = [30 + 10 * Math.sin(5 * i), Math.cos(11 * i)];
    const city = ["Rome", "Oslo", ""][i % 3]!;
    return `${size.toFixed(2)},${city},${(1000 + 20 * size + 50 * noise * (i % 3)).toFixed(1)}`;
  });
  await writeFile(file, ["size,city,price", ...lines].join("\n"));
  spec = join(root, "spec.json");
  const arms = [{}, { normalizer: "batchNorm" }, { dropout: 0.2 }];
  await writeFile(spec, JSON.stringify({ data: "flats.csv", target: "price", arms }));
});
afterAll(async () => rm(root, { recursive: true }));

const usual = ["--backend", "wasm", "--json"];
const small = ["--folds", "2", "--seeds", "1", "--steps", "60", ...usual];

async function compare(out: string, ...more: readonly string[]): Promise<Compared> {
  const { stdout, stderr, code } = await evenkeel([
    "compare",
    spec,
    ...small,
    "--out",
    out,
    ...more,
  ]);
  expect(code, stderr + stdout).toBe(0);
  return JSON.parse(stdout) as Compared;
}

let started: Promise<Compared> | null = null;

/** The comparison on one thread. */
async function first(): Promise<Compared> {
  started ??= compare(join(root, "one"), "--threads", "1");
  return started;
}

const measures = ({ runs }: Compared): unknown => runs.map((run) => [run.arm, run.measures]);

describe("evenkeel compare", () => {
  test("gives one table on one thread, and on two from where a killed one stopped", async () => {
    const one = await first();
    const out = join(root, "killed");
    const args = ["compare", spec, ...small, "--out", out, "--threads", "1"];
    const { process: child, finished } = spawnEvenkeel(args);
    const isDone = async (): Promise<boolean> => {
      const folders = await readdir(out).catch((): string[] => []);
      const files = await Promise.all(
        folders.map((each) => readdir(join(out, each)).catch(() => [])),
      );
      return files.flat().includes("result.json");
    };
    while (child.exitCode === null && !(await isDone())) await setTimeout(10);
    child.kill("SIGKILL");
    await finished;
    const resumed = await compare(out, "--threads", "2", "--log", "tensorboard");
    expect(resumed.provenance.reusedRuns).toBeGreaterThan(0);
    expect(resumed.arms).toEqual(one.arms);
    expect(measures(resumed)).toEqual(measures(one));
    for (const { id } of resumed.runs) {
      const names = (await readdir(join(out, id))).filter((name) => name.includes(".tfevents."));
      expect(names.length, id).toBe(1);
      expect((await readFile(join(out, id, names[0]!))).includes("test/loss"), id).toBe(true);
    }
    expect(await readFile(one.report, "utf8")).toContain(one.sentence.slice(0, 20));
  });

  test("the saved model predicts as it did in the comparison", async () => {
    const { model, best, runs } = await first();
    const table = await readTable(await readFile(file), { name: "flats.csv" });
    expect(targetColumn(table, "price").task).toBe("regression");
    const [fold] = kFolds(table.rows, 2, { seed: 1, classes: null });
    const tested = join(root, "tested.csv");
    await writeFile(
      tested,
      ["size,city,price", ...[...fold!.test].map((row) => lines[row]!)].join("\n"),
    );
    const { stdout, stderr, code } = await evenkeel(["predict", model, tested, ...usual]);
    expect(code, stderr + stdout).toBe(0);
    const predicted = JSON.parse(stdout) as { score: { value: number; rows: number } };
    const expected = runs.find(({ arm }) => arm === best)!.measures["error"]!.value;
    expect(predicted.score.rows).toBe(60);
    expect(predicted.score.value / expected).toBeCloseTo(1, 5);
  });

  test("takes a specification, says what it would do, and names what is wrong in it", async () => {
    const grid = join(root, "grid.yaml");
    const text =
      "data: flats.csv\ntarget: price\nfolds: 2\nseeds: 2\narms:\n  normalizer: [none, layerNorm]\n  dropout: [0, 0.1, 0.5]\n";
    await writeFile(grid, text);
    const dry = await evenkeel(["compare", grid, "--dry-run", "--steps", "30", ...usual]);
    expect(dry.code, dry.stderr).toBe(0);
    expect(JSON.parse(dry.stdout)).toMatchObject({
      runs: 24,
      steps: 30,
      rounds: [{ steps: 30, runs: 24 }],
    });
    await writeFile(grid, text.replace("dropout", "dropuot"));
    const wrong = await evenkeel(["compare", grid, ...usual]);
    expect(wrong.code).toBe(2);
    expect(wrong.stdout).toContain("arms.dropuot must be absent");
    const lost = await evenkeel(["compare", file, "--target", "cost", ...usual]);
    expect(lost.stdout).toContain('has no column \\"cost\\", its columns are size, city, price');
  });
});
