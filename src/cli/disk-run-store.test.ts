import { appendFile, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DataError } from "../base/errors.ts";
import type { RunFolder } from "../experiments/run-store.ts";
import { checkWritable, diskRunStore } from "./disk-run-store.ts";

let root: string;
let run: RunFolder;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "evenkeel-test-"));
  run = await diskRunStore(root).open("run-1");
});
afterEach(async () => rm(root, { recursive: true }));

describe("diskRunStore", () => {
  test("gives back what was written, and null for what was not", async () => {
    await run.writeText("run.json", "äß{}");
    await run.writeBytes("weights.safetensors", Uint8Array.of(0, 255));
    expect(await run.readText("run.json")).toBe("äß{}");
    expect(await run.readBytes("weights.safetensors")).toEqual(Uint8Array.of(0, 255));
    expect(await run.readText("other.json")).toBeNull();
    expect(await run.readBytes("other.bin")).toBeNull();
    expect(await run.readLines("events.jsonl")).toEqual([]);
    expect(await run.list()).toEqual(["run.json", "weights.safetensors"]);
    await run.remove("run.json");
    await run.remove("run.json");
    expect(await run.list()).toEqual(["weights.safetensors"]);
  });

  test("replaces a file as a whole", async () => {
    await run.writeText("result.json", "x".repeat(10_000));
    await run.writeText("result.json", "short");
    expect(await run.readText("result.json")).toBe("short");
    expect(await readdir(run.location)).toEqual(["result.json"]);
  });

  test("keeps lines in the order in which they were handed over, awaited or not", async () => {
    const numbers = Array.from({ length: 50 }, (_, i) => i);
    await Promise.all(numbers.map((i) => run.appendLine("events.jsonl", { i })));
    expect(await run.readLines("events.jsonl")).toEqual(numbers.map((i) => ({ i })));
  });

  test("survives a last line torn anywhere: what was whole stays, what follows is not lost", async () => {
    const line = `${JSON.stringify({ step: 3, name: "ä" })}\n`;
    const bytes = new TextEncoder().encode(line);
    const cuts = fc.integer({ min: 0, max: bytes.length - 1 });
    await fc.assert(
      fc.asyncProperty(cuts, fc.nat(3), async (cut, before) => {
        const file = `events-${cut}-${before}.jsonl`;
        const path = join(run.location, file);
        await rm(path, { force: true });
        const whole = Array.from({ length: before }, (_, step) => ({ step }));
        await writeFile(path, whole.map((each) => `${JSON.stringify(each)}\n`).join(""));
        await appendFile(path, bytes.subarray(0, cut));
        expect(await run.readLines(file)).toEqual(whole);
        // Whoever goes on is a new process: the store is opened anew.
        const again = await diskRunStore(root).open("run-1");
        await again.appendLine(file, { after: true });
        expect(await again.readLines(file)).toEqual([...whole, { after: true }]);
      }),
      { numRuns: 40 },
    );
  });

  test("refuses a damaged line in the middle, by its number", async () => {
    await writeFile(join(run.location, "events.jsonl"), '{"a":1}\n{"b\n{"c":1}\n');
    await expect(run.readLines("events.jsonl")).rejects.toThrow(
      new DataError(`${join(run.location, "events.jsonl")}: line 2 must be JSON, got {"b`),
    );
  });

  test("does not show half-written files, and removes old ones", async () => {
    await run.writeText("run.json", "{}");
    const left = join(
      run.location,
      "checkpoint-9.safetensors.0f8fad5b-d9cb-469f-a165-70867728950e.tmp",
    );
    await writeFile(left, "half");
    expect(await run.list()).toEqual(["run.json"]);
    await diskRunStore(root).open("run-1");
    expect(await readdir(run.location)).toHaveLength(2);
    await utimes(left, new Date(0), new Date(0));
    await diskRunStore(root).open("run-1");
    expect(await readdir(run.location)).toEqual(["run.json"]);
  });

  test.each(["..", "a/b", "", "a\\b", "/etc"])(
    "stays inside its folder: refuses %j",
    async (name) => {
      await expect(diskRunStore(root).open(name)).rejects.toThrow(DataError);
      await expect((async () => run.readText(name))()).rejects.toThrow(DataError);
    },
  );
});

describe("checkWritable", () => {
  test("creates the folder and leaves nothing in it", async () => {
    const folder = join(root, "a", "b");
    await checkWritable(folder);
    expect(await readdir(folder)).toEqual([]);
  });

  test("names the folder and the reason when it cannot be created", async () => {
    const file = join(root, "file");
    await writeFile(file, "");
    await expect(checkWritable(file)).rejects.toThrow(/file: could not be created, got EEXIST/);
    await expect(checkWritable(join(file, "runs"))).rejects.toThrow(
      /runs: could not be created, got ENOTDIR/,
    );
    expect(await readFile(file, "utf8")).toBe("");
  });

  // Node's recursive mkdir never returns there.
  test.runIf(process.platform === "linux")("gives up where folders cannot be", async () => {
    await expect(checkWritable("/proc/evenkeel/runs")).rejects.toThrow(
      /could not be created, got ENOENT/,
    );
  });
});
