import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { whileLocked } from "./run-lock.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "evenkeel-lock-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** A process that is alive and not this one. */
const { ppid } = process;

test("the lock is there during the work and gone after it, also after a failure", async () => {
  const seen = await whileLocked(folder, "run", () => readdir(folder));
  expect(seen).toEqual(["run.lock"]);
  const failing = whileLocked(folder, "run", () => Promise.reject(new Error("stopped")));
  await expect(failing).rejects.toThrow("stopped");
  expect(await readdir(folder)).toEqual([]);
});

test("a run that a living process trains is refused, and its lock stays", async () => {
  const path = join(folder, "run.lock");
  await writeFile(path, String(ppid));
  await expect(whileLocked(folder, "run", () => Promise.resolve())).rejects.toThrow(
    `${path}: this run is being trained by process ${ppid}; wait for it, or choose another --out`,
  );
  expect(await readdir(folder)).toEqual(["run.lock"]);
});

test.each(["999999999", "", "not a number"])(
  "a lock that says %j holds nobody up",
  async (text) => {
    await writeFile(join(folder, "run.lock"), text);
    expect(await whileLocked(folder, "run", () => Promise.resolve(7))).toBe(7);
  },
);

test("another run is another lock", async () => {
  await writeFile(join(folder, "other.lock"), String(ppid));
  expect(await whileLocked(folder, "run", () => Promise.resolve(7))).toBe(7);
});
