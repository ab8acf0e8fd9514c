/** What a queue tells those who wait for it, through a Redis of the test's own. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { Worker } from "bullmq";
import { afterAll, beforeAll, beforeEach, expect, test, type TestContext } from "vitest";
import { queueRuns } from "../src/cli/queue/queue-runs.ts";
import { queueStatus } from "../src/cli/queue/queue-status.ts";
import { QUEUE } from "../src/cli/queue/queue-connection.ts";
import { gaussianBlobs } from "../src/data/index.ts";
import {
  memoryStore,
  runId,
  type RunDescription,
  type RunEvent,
} from "../src/experiments/index.ts";
import { hasRedis, redisServer, type RedisServer } from "./redis-server.ts";

let root: string;
let redis: RedisServer;
let present = false;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "evenkeel-test-"));
  present = await hasRedis();
  redis = await redisServer(root);
  if (present) await redis.start();
});
afterAll(async () => {
  await redis.stop();
  await rm(root, { recursive: true });
});
beforeEach((context: TestContext) => {
  if (!present) context.skip("there is no redis-server here: apt-get install redis-server");
});

const result = { step: 9, measures: {} };
const signs = {
  session: 1,
  start: { type: "start", step: 0, steps: 9, stepsPerEpoch: 3, backend: "wasm" },
  step: { type: "step", step: 4, loss: 0.5, accuracy: 0.25 },
  evaluation: null,
};

test("a run's progress reaches who asked for it, and the status", async () => {
  const data = await gaussianBlobs({ train: 6, test: 4 });
  const description: RunDescription = {
    study: "compare",
    revision: 1,
    arm: "none",
    seed: 1,
    scale: { steps: 9, seeds: 1, evaluateEvery: 3, observeEvery: 3, checkpointEvery: 3 },
    data: { name: data.name, hash: data.hash },
    subject: {},
    backend: "wasm",
    version: "1.0.0",
  };
  const id = await runId(description);
  const store = memoryStore();
  const folder = await store.open(id);
  let finish: () => void = () => undefined;
  const seen = new Promise<void>((resolve) => (finish = resolve));
  const connection = { url: redis.address, maxRetriesPerRequest: null };
  const worker = new Worker(
    QUEUE,
    async (job) => {
      // An earlier sign would come before the listener does.
      while ((await queueStatus(redis.address)).comparisons.length === 0) await setTimeout(20);
      const repeat = setInterval(() => void job.updateProgress(signs), 50);
      await seen;
      clearInterval(repeat);
      await folder.writeText("result.json", JSON.stringify(result));
    },
    { connection },
  );
  const runs = await queueRuns(redis.address, store, () => undefined);
  const sign = { name: "blobs", arms: 1, round: 1, rounds: 1, runs: 1, done: 0, since: Date.now() };
  runs.announce("comparison-1", sign);
  const events: RunEvent[] = [];
  for await (const event of runs.run(description, data)) {
    events.push(event);
    if (event.type !== "step") continue;
    const { workers, jobs, running, comparisons } = await queueStatus(redis.address);
    expect(workers).toBe(1);
    expect(jobs).toEqual({ waiting: 0, running: 1, delayed: 0, finished: 0, failed: 0 });
    expect(running).toEqual([{ id, step: 4, steps: 9 }]);
    expect(comparisons).toMatchObject([{ id: "comparison-1", name: "blobs", runs: 1, done: 0 }]);
    finish();
  }
  expect(events).toEqual([signs.start, signs.step, { type: "result", result }]);
  await runs.close();
  expect((await queueStatus(redis.address)).comparisons).toEqual([]);
  await worker.close();
});
