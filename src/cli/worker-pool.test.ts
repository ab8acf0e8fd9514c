import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BackendError, DataError } from "../base/errors.ts";
import type { RunDescription, RunEvent } from "../experiments/index.ts";
import { twoMoons } from "../data/generated.ts";
import { shareDataset } from "./share-dataset.ts";
import { workerPool, type WorkerPool } from "./worker-pool.ts";

/** A worker that speaks the protocol and does what the arm's name says. */
const stub = `
import { parentPort, threadId, workerData } from "node:worker_threads";
const step = (step) => ({ type: "step", step, loss: 0, accuracy: null });
const send = (...events) => parentPort.postMessage({ type: "events", events });
parentPort.on("message", ({ description: { arm, seed } }) => {
  if (arm === "crashes") throw new Error("out of luck");
  if (arm === "exits") process.exit(3);
  if (arm === "fails") {
    send(step(1));
    parentPort.postMessage({ type: "failed", error: { name: "DataError", message: "no data", stack: "" } });
    return;
  }
  if (arm === "waits") {
    send(step(1));
    while (Atomics.load(workerData.stop, 0) === 0) Atomics.wait(workerData.stop, 0, 0, 10);
  }
  if (arm === "prints") console.log("must not reach stdout");
  send(step(seed), step(threadId));
  parentPort.postMessage({ type: "done" });
});
`;

let folder: string;
let entry: URL;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "evenkeel-test-"));
  await writeFile(join(folder, "worker.mjs"), stub);
  entry = pathToFileURL(join(folder, "worker.mjs"));
});
afterAll(async () => rm(folder, { recursive: true }));

async function withPool<T>(work: (pool: WorkerPool) => Promise<T>): Promise<T> {
  const data = shareDataset(await twoMoons({ train: 2, test: 2 }));
  const pool = workerPool(
    { study: "s", data, backend: "wasm", out: folder, environment: {} },
    entry,
  );
  try {
    return await work(pool);
  } finally {
    await pool.close();
  }
}

const described = (arm: string, seed = 1): RunDescription => ({
  study: "s",
  revision: 1,
  arm,
  seed,
  scale: { steps: 1, seeds: 1, evaluateEvery: 1, observeEvery: 1, checkpointEvery: 1 },
  data: { name: "d", hash: "h" },
  backend: "wasm",
  version: "0",
});

async function steps(events: AsyncIterable<RunEvent>): Promise<number[]> {
  const seen: number[] = [];
  for await (const event of events) if (event.type === "step") seen.push(event.step);
  return seen;
}

describe("workerPool", () => {
  test("gives each run's own events, uses a free thread again, and starts more at need", async () => {
    await withPool(async (pool) => {
      const [[first, threadA], [second, threadB]] = await Promise.all([
        steps(pool.run(described("a", 11))),
        steps(pool.run(described("b", 12))),
      ]);
      expect([first, second]).toEqual([11, 12]);
      expect(threadA).not.toBe(threadB);
      const [third, threadC] = await steps(pool.run(described("c", 13)));
      expect(third).toBe(13);
      expect([threadA, threadB]).toContain(threadC);
    });
  });

  test.each([
    ["crashes", "run (crashes, seed 1): its thread must live until it is done, got out of luck"],
    ["exits", "run (exits, seed 1): its thread must live until it is done, got exit code 3"],
  ])("a thread that %s fails its run, not the process, and does not hang", async (arm, message) => {
    await withPool(async (pool) => {
      await expect(steps(pool.run(described(arm)))).rejects.toThrow(new BackendError(message));
      expect((await steps(pool.run(described("next", 5))))[0]).toBe(5);
    });
  });

  test("an error keeps its class across threads", async () => {
    await withPool(async (pool) => {
      const failed = steps(pool.run(described("fails")));
      await expect(failed).rejects.toThrow(new DataError("no data"));
      await expect(failed).rejects.toBeInstanceOf(DataError);
    });
  });

  test("stop reaches a thread that never looks at its messages", async () => {
    await withPool(async (pool) => {
      const events = pool.run(described("waits", 9));
      expect((await events.next()).value).toMatchObject({ step: 1 });
      pool.stop();
      expect((await steps(events))[0]).toBe(9);
    });
  });

  test("close ends a thread in the middle of its run", async () => {
    await withPool(async (pool) => {
      const events = pool.run(described("waits"));
      await events.next();
      await pool.close();
      await expect(events.next()).rejects.toBeInstanceOf(BackendError);
    });
  });
});

test("a shared data set is the same data", async () => {
  const data = await twoMoons({ train: 5, test: 3 });
  const shared = shareDataset(data);
  expect(shared.train.inputs.buffer).toBeInstanceOf(SharedArrayBuffer);
  expect({ ...shared, train: { ...shared.train } }).toEqual({ ...data, train: { ...data.train } });
});
