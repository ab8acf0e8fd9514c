/** `evenkeel run` on real data: results, repetition on any number of threads, kills and resumption. */
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test, type TestContext } from "vitest";
import { mnist } from "../src/cli/node-data.ts";
import { evenkeel, type Finished, spawnEvenkeel } from "./spawn-evenkeel.ts";

let root: string;
let missing: string | null = null;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "evenkeel-test-"));
  await mnist().catch((error: unknown) => {
    missing = String(error);
  });
});
afterAll(async () => rm(root, { recursive: true }));
beforeEach((context: TestContext) => {
  if (missing !== null) context.skip(`MNIST is not to be had here: ${missing}`);
});

/** Long enough to be interrupted in the middle, short enough for every day. */
const study = ["run", "batchnorm-mnist", "--seeds", "1", "--steps", "1000"];

/** SHA-256 of the last weights of each run, by the run's name. */
async function weights(out: string): Promise<Record<string, string>> {
  const runs = (await readdir(out)).filter((name) => /-s\d+-/.test(name));
  const hashes = runs.map(async (run) => {
    const bytes = await readFile(join(out, run, "checkpoint-1000.safetensors"));
    return [run, createHash("sha256").update(bytes).digest("hex")] as const;
  });
  return Object.fromEntries(await Promise.all(hashes));
}

/** Starts the study and signals it once the log of one of its runs has what is waited for. */
async function signalInTheMiddle(
  out: string,
  signal: NodeJS.Signals,
  { args = study, until = /"step":[1-9]/ } = {},
): Promise<Finished> {
  const { process: child, finished } = spawnEvenkeel([...args, "--out", out, "--json"]);
  while (child.exitCode === null && !(await underWay(out, until))) await setTimeout(10);
  child.kill(signal);
  return finished;
}

async function underWay(out: string, until: RegExp): Promise<boolean> {
  const runs = await readdir(out).catch(() => []);
  const logs = runs.map((run) => readFile(join(out, run, "events.jsonl"), "utf8").catch(() => ""));
  return (await Promise.all(logs)).some((text) => until.test(text));
}

describe("evenkeel run batchnorm-mnist", () => {
  let reference: Record<string, string>;

  test("trains, prints one JSON object, writes its files, and reuses them", async () => {
    const out = join(root, "whole");
    const first = await evenkeel([...study, "--out", out, "--threads", "2", "--json"]);
    expect(first.code).toBe(0);
    const result = JSON.parse(first.stdout) as { folder: string; report: string; runs: object[] };
    expect(result).toMatchObject({
      study: "batchnorm-mnist",
      preset: "quick",
      threads: 2,
      diverged: 0,
    });
    expect(result.runs).toHaveLength(2);
    expect(await readFile(result.report, "utf8")).toMatch(/^<!doctype html>/);
    expect(first.stderr).not.toContain(String.fromCharCode(27));
    reference = await weights(out);
    const again = await evenkeel([...study, "--out", out]);
    expect(again.code).toBe(0);
    expect(again.stderr.match(/: reused at step 1,000/g)).toHaveLength(2);
    expect(again.stdout).toContain(`report: ${result.report}`);
  });

  test("gives bitwise the same weights on one thread, killed and resumed", async () => {
    const out = join(root, "killed");
    expect((await signalInTheMiddle(out, "SIGKILL")).code).toBeNull();
    const resumed = await evenkeel([...study, "--out", out, "--threads", "1", "--json"]);
    expect(resumed.code).toBe(0);
    expect(await weights(out)).toEqual(reference);
  });

  test("stops at Ctrl-C with exit code 130 and goes on from there, bitwise", async () => {
    const out = join(root, "interrupted");
    const { code, stdout } = await signalInTheMiddle(out, "SIGINT");
    expect(code).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({
      error: { name: "InterruptedError", exitCode: 130 },
    });
    const resumed = await evenkeel([...study, "--out", out, "--json"]);
    const { runs } = JSON.parse(resumed.stdout) as { runs: { resumedFrom: number | null }[] };
    expect(Math.max(...runs.map(({ resumedFrom }) => resumedFrom ?? 0))).toBeGreaterThan(0);
    expect(await weights(out)).toEqual(reference);
  });

  test("at the paper's size starts, keeps a checkpoint, and goes on from it", async () => {
    const out = join(root, "paper");
    const args = ["run", "batchnorm-mnist", "--preset", "paper", "--seeds", "1", "--threads", "1"];
    const resumed = /"type":"start","step":[1-9]/;
    expect((await signalInTheMiddle(out, "SIGINT", { args })).code).toBe(130);
    const runs = (await readdir(out)).filter((name) => /-s\d+-/.test(name));
    const files = await Promise.all(runs.map((run) => readdir(join(out, run))));
    expect(
      files.flat().filter((name) => /^checkpoint-[1-9]\d*\.safetensors$/.test(name)),
    ).toHaveLength(1);
    expect((await signalInTheMiddle(out, "SIGINT", { args, until: resumed })).code).toBe(130);
    const logs = await Promise.all(
      runs.map((run) => readFile(join(out, run, "events.jsonl"), "utf8")),
    );
    expect(logs.some((text) => resumed.test(text))).toBe(true);
  });
});
