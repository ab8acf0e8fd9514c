/**
 * Comparisons through a queue with three workers of which, again and again, one is killed, and Redis
 * is restarted: every table must be the local one, bit for bit. Some minutes; needs redis-server.
 *
 * Usage: npm run test:cluster [-- kills seed]
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { uniform } from "../src/base/random.ts";
import { hasRedis, redisServer, type RedisServer } from "./redis-server.ts";
import { spawnEvenkeel, type Finished, type Spawned } from "./spawn-evenkeel.ts";

const KILLS = Number(process.argv[2] ?? 20);
const SEED = Number(process.argv[3] ?? 1);
const WORKERS = 3;
/** Of so many kills one is of Redis, the others are of workers. */
const REDIS_EVERY = 4;
/** Milliseconds between kills: workers must have begun, and must not yet be done. */
const [SOONEST, LATEST] = [1000, 5000];

let drawn = 0;
const draw = (): number => uniform(drawn++, [SEED, 7]);

interface Compared {
  readonly arms: unknown;
  readonly runs: readonly { readonly id: string; readonly measures: unknown }[];
}

function table({ code, stdout, stderr }: Finished): unknown {
  if (code !== 0) throw new Error(`cluster: compare must end with 0, got ${code}\n${stderr}`);
  const { arms, runs } = JSON.parse(stdout) as Compared;
  return { arms, runs: runs.map(({ id, measures }) => ({ id, measures })) };
}

async function writeSpec(root: string): Promise<string> {
  const rows = Array.from(
    { length: 600 },
    (_, i) => `${Math.sin(3 * i)},${Math.cos(7 * i)},${Math.sin(i * i)},${i % 3}`,
  );
  await writeFile(join(root, "rows.csv"), ["a,b,c,y", ...rows].join("\n"));
  const arms = { normalizer: ["none", "batchNorm", "layerNorm"], dropout: [0, 0.2] };
  const spec = join(root, "spec.json");
  const settings = { data: "rows.csv", target: "y", folds: 3, seeds: 2, steps: 3000, arms };
  await writeFile(spec, JSON.stringify(settings));
  return spec;
}

interface Cluster {
  readonly redis: RedisServer;
  readonly workers: Spawned[];
  readonly store: string;
}

function startWorker({ redis, store }: Cluster): Spawned {
  return spawnEvenkeel(["worker", "--queue", redis.address, "--store", store, "--silence", "2"]);
}

/** Kills at random moments until `over`, or until there were enough; how many there were. */
async function killing(cluster: Cluster, most: number, over: () => boolean): Promise<number> {
  const { redis, workers } = cluster;
  for (let kills = 0; ; kills++) {
    const until = Date.now() + SOONEST + draw() * (LATEST - SOONEST);
    while (Date.now() < until && !over()) await setTimeout(20);
    if (over() || kills === most) return kills;
    if (kills % REDIS_EVERY === REDIS_EVERY - 1) {
      await redis.kill();
      await redis.start();
      console.log("  Redis killed and started again");
      continue;
    }
    const which = Math.floor(draw() * WORKERS);
    workers[which]!.process.kill("SIGKILL");
    await workers[which]!.finished;
    workers[which] = startWorker(cluster);
    console.log(`  worker ${which + 1} killed, another started`);
  }
}

/** One comparison of another first seed; how many kills it survived. */
async function survive(root: string, spec: string, seed: number, most: number): Promise<number> {
  const args = ["compare", spec, "--seed", String(seed), "--backend", "wasm", "--json", "--out"];
  const redis = await redisServer(root);
  await redis.start();
  const cluster: Cluster = { redis, workers: [], store: join(root, `store-${seed}`) };
  for (let i = 0; i < WORKERS; i++) cluster.workers.push(startWorker(cluster));
  try {
    const asked = spawnEvenkeel([...args, cluster.store, "--queue", redis.address]);
    let over = false;
    const through = asked.finished.finally(() => (over = true));
    const kills = await killing(cluster, most, () => over);
    const found = table(await through);
    const local = spawnEvenkeel([...args, join(root, `local-${seed}`)]);
    if (!isDeepStrictEqual(found, table(await local.finished))) {
      throw new Error(`cluster: seed ${seed} must give the local table, got another`);
    }
    console.log(`seed ${seed}: ${kills} kills, the table is the local one`);
    return kills;
  } finally {
    for (const { process: child } of cluster.workers) child.kill("SIGKILL");
    await Promise.all(cluster.workers.map(({ finished }) => finished));
    await redis.stop();
  }
}

if (!(await hasRedis())) {
  throw new Error("cluster: needs redis-server: apt-get install redis-server");
}
const root = await mkdtemp(join(tmpdir(), "evenkeel-cluster-"));
try {
  const spec = await writeSpec(root);
  let kills = 0;
  for (let seed = 1; kills < KILLS; seed += 2) {
    kills += await survive(root, spec, seed, KILLS - kills);
  }
  console.log(`${kills} kills, every table the local one`);
} finally {
  await rm(root, { recursive: true });
}
