/** A comparison through a queue: the local table, whatever is killed in the middle. */
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test, type TestContext } from "vitest";
import { queueStatus } from "../src/cli/queue/queue-status.ts";
import { hasRedis, redisServer, type RedisServer } from "./redis-server.ts";
import { evenkeel, spawnEvenkeel, type Finished, type Spawned } from "./spawn-evenkeel.ts";

let root: string;
let redis: RedisServer;
let present = false;
let spec: string;
const workers: Spawned[] = [];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "evenkeel-test-"));
  present = await hasRedis();
  redis = await redisServer(root);
  const rows = Array.from(
    { length: 90 },
    (_, i) => `${Math.sin(3 * i)},${Math.cos(7 * i)},${i % 2}`,
  );
  await writeFile(join(root, "rows.csv"), ["a,b,y", ...rows].join("\n"));
  spec = join(root, "spec.json");
  const arms = [{}, { dropout: 0.2 }];
  await writeFile(
    spec,
    JSON.stringify({ data: "rows.csv", target: "y", folds: 3, seeds: 1, arms }),
  );
});
afterAll(async () => {
  for (const { process: child } of workers) child.kill("SIGKILL");
  await Promise.all(workers.map(({ finished }) => finished));
  await redis.stop();
  await rm(root, { recursive: true });
});
beforeEach((context: TestContext) => {
  if (!present) context.skip("there is no redis-server here: apt-get install redis-server");
});

interface Compared {
  readonly arms: unknown;
  readonly runs: readonly { readonly id: string; readonly measures: unknown }[];
}

const args = ["compare", "--steps", "400", "--backend", "wasm", "--json", "--out"];

function tableOf({ code, stdout, stderr }: Finished): Compared {
  expect(code, stderr + stdout).toBe(0);
  const { arms, runs } = JSON.parse(stdout) as Compared;
  return { arms, runs: runs.map(({ id, measures }) => ({ id, measures })) };
}

async function finishedRuns(folder: string): Promise<number> {
  const runs = (await readdir(folder).catch((): string[] => [])).filter((name) =>
    /-s\d+-/.test(name),
  );
  const files = await Promise.all(runs.map((run) => readdir(join(folder, run))));
  return files.filter((names) => names.includes("result.json")).length;
}

describe("evenkeel worker", () => {
  test("three workers, one killed, and Redis restarted: the table is the local one", async () => {
    const store = join(root, "store");
    await redis.start();
    const through = ["--queue", redis.address, "--log", "tensorboard"];
    const queued = spawnEvenkeel([...args, store, ...through, spec]);
    const { process: asking } = queued;
    let { waiting } = (await queueStatus(redis.address)).jobs;
    while (waiting < 6 && asking.exitCode === null) {
      await setTimeout(50);
      ({ waiting } = (await queueStatus(redis.address)).jobs);
    }
    const before = await evenkeel(["status", "--queue", redis.address]);
    expect(before.stdout, before.stderr).toContain("0 workers; runs: 6 waiting, 0 running");
    expect(before.stdout).toMatch(/comparison-\w{12} +rows\.csv +2 +1 of 1 +0 of 6 /);

    for (let i = 0; i < 3; i++) {
      const place = ["--queue", redis.address, "--store", store, "--silence", "2"];
      workers.push(spawnEvenkeel(["worker", ...place]));
    }
    while ((await finishedRuns(store)) < 1 && asking.exitCode === null) await setTimeout(20);
    workers[0]!.process.kill("SIGKILL");
    await redis.stop();
    await redis.start();
    const table = tableOf(await queued.finished);
    expect(table).toEqual(tableOf(await evenkeel([...args, join(root, "local"), spec])));
    for (const { id } of table.runs) {
      expect((await readdir(join(store, id))).join(), id).toContain(".tfevents.");
    }
    const { comparisons, jobs } = await queueStatus(redis.address);
    expect(comparisons).toEqual([]);
    expect(jobs).toEqual({ waiting: 0, running: 0, delayed: 0, finished: 6, failed: 0 });

    const [killed, ...others] = workers;
    for (const { process: child } of others) child.kill("SIGTERM");
    expect((await killed!.finished).code).toBeNull();
    for (const { finished } of others) expect((await finished).code).toBe(0);
  });

  test("status and compare say that there is no Redis where there is none", async () => {
    await redis.stop();
    const { code, stderr } = await evenkeel(["status", "--queue", redis.address]);
    expect(code).toBe(1);
    expect(stderr).toContain("--queue must reach Redis, got connect ECONNREFUSED");
    const place = [join(root, "away"), "--queue", redis.address];
    const { process: child, finished } = spawnEvenkeel([...args, ...place, spec]);
    // It goes on waiting for a Redis that may come back.
    await new Promise<void>((resolve) => {
      child.stderr!.on("data", (text: string) => text.includes("ECONNREFUSED") && resolve());
    });
    child.kill("SIGKILL");
    expect((await finished).stderr).toMatch(/queue: connect ECONNREFUSED .*; still trying/);
  });
});
