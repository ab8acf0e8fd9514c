import { availableParallelism } from "node:os";
import { expect, test } from "vitest";
import { type RunCommandOptions, runRequest } from "./run-request.ts";

const usual: RunCommandOptions = { preset: "quick", backend: "auto", out: "runs" };

test("as many runs at a time as there are cores, but no more than runs", () => {
  const { threads, runs } = runRequest("batchnorm-mnist", usual);
  expect(runs).toBe(6);
  expect(threads).toBe(Math.min(6, availableParallelism()));
  expect(runRequest("batchnorm-mnist", { ...usual, threads: 99 }).threads).toBe(6);
});

test("steps share the cores that runs leave idle, unless the number of runs at a time is given", () => {
  const one = { ...usual, seeds: 1 };
  const { threads, engineThreads } = runRequest("batchnorm-mnist", one);
  expect(engineThreads).toBe(Math.max(1, Math.floor(availableParallelism() / threads)));
  expect(runRequest("batchnorm-mnist", { ...one, threads: 1 }).engineThreads).toBe(1);
  const told = { ...one, threads: 1, engineThreads: 3 };
  expect(runRequest("batchnorm-mnist", told).engineThreads).toBe(3);
});

test("a study that measures time runs alone, with one thread", () => {
  const { threads, engineThreads } = runRequest("batchnorm-cost", usual);
  expect([threads, engineThreads]).toEqual([1, 1]);
  expect(runRequest("batchnorm-cost", { ...usual, threads: 2 }).threads).toBe(2);
});
