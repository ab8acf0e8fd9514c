/** A process that carries out runs from a queue. */
import type { Job, Worker } from "bullmq";
import type { Dataset } from "../../data/index.ts";
import { COMPARISON, type RunStore } from "../../experiments/index.ts";
import { diskRunStore } from "../disk-run-store.ts";
import { machineDescription } from "../machine-description.ts";
import { packageVersion } from "../package-version.ts";
import { workerPool, type WorkerPool } from "../worker-pool.ts";
import type { WorkerSetup } from "../worker-protocol.ts";
import { connectionOf, loadBullmq, QUEUE } from "./queue-connection.ts";
import { readDataset } from "./data-store.ts";
import { checkPayload, type RunPayload } from "./run-payload.ts";
import { signSender } from "./run-signs.ts";

export interface QueueWorkerOptions {
  readonly address: string;
  /** The folder that comparisons and workers share. */
  readonly folder: string;
  /** Runs at a time, each on a thread of its own. */
  readonly concurrency: number;
  /** Seconds of silence after which a run is another worker's. */
  readonly silence: number;
  readonly note: (line: string) => void;
}

/** Data sets kept in memory between runs. */
const KEPT = 4;
/** Errors that would come again however often a run is tried. */
const FINAL: ReadonlySet<string> = new Set([
  "DataError",
  "OptionError",
  "ShapeError",
  "GraphError",
]);

/**
 * Works until `signal` fires; then runs save what they have and go back to the queue. Training is on
 * threads, so that this one can always tell Redis that a run is still being worked on.
 */
export async function queueWorker(options: QueueWorkerOptions, signal: AbortSignal): Promise<void> {
  const { address, folder, concurrency, silence, note } = options;
  const bullmq = await loadBullmq();
  const store = diskRunStore(folder);
  const datasets = datasetCache(store);
  const pools = new Map<string, WorkerPool>();
  const poolFor = (backend: BackendName): WorkerPool => {
    const environment = machineDescription();
    const setup = {
      study: COMPARISON,
      data: null,
      backend,
      out: folder,
      environment,
      locks: false,
    };
    const pool = pools.get(backend) ?? workerPool(setup);
    pools.set(backend, pool);
    return pool;
  };
  const worker: Worker<RunPayload, Done> = new bullmq.Worker<RunPayload, Done>(
    QUEUE,
    async (job, token) => {
      const outcome = await carryOut(job, datasets, poolFor).catch((error: unknown) => {
        const final = error instanceof Error && FINAL.has(error.name);
        throw final ? new bullmq.UnrecoverableError(`${error.name}: ${error.message}`) : error;
      });
      if (outcome !== null) return outcome;
      await job.moveToDelayed(Date.now() + 1, token);
      throw new bullmq.DelayedError();
    },
    {
      connection: connectionOf(address),
      concurrency,
      lockDuration: 1000 * silence,
      stalledInterval: 500 * silence,
      // A worker that is killed says nothing of the run: it is tried as often as it takes.
      maxStalledCount: 1000,
    },
  );
  worker.on("error", (error) => note(`queue: ${error.message}`));
  worker.on("completed", (job) => note(`${job.id ?? "a run"} done`));
  worker.on("failed", (job, error) => note(`${job?.id ?? "a run"} failed: ${error.message}`));
  await fired(signal);
  for (const pool of pools.values()) pool.stop();
  await worker.close();
  await Promise.all([...pools.values()].map((pool) => pool.close()));
}

type BackendName = WorkerSetup["backend"];
type Done = { readonly id: string };

/** Null if the run was stopped in the middle; it has saved what it had. */
async function carryOut(
  job: Job<RunPayload>,
  datasets: (hash: string) => Promise<Dataset>,
  poolFor: (backend: BackendName) => WorkerPool,
): Promise<Done | null> {
  const { description, log } = checkPayload(job.data, packageVersion());
  const data = await datasets(description.data.hash);
  let done: Done | null = null;
  // A job that Redis has lost meanwhile is still a run worth finishing.
  const tell = signSender((signs) => job.updateProgress(signs).catch(() => undefined));
  const pool = poolFor(description.backend as BackendName);
  for await (const event of pool.run(description, data, log)) {
    if (event.type === "result") done = { id: event.result.id };
    await tell(event);
  }
  return done;
}

async function fired(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** The data sets used last, each read once however many runs wait for it. */
function datasetCache(store: RunStore): (hash: string) => Promise<Dataset> {
  const kept = new Map<string, Promise<Dataset>>();
  return (hash) => {
    const found = kept.get(hash) ?? readDataset(store, hash);
    kept.delete(hash);
    kept.set(hash, found);
    // One that could not be read may be there the next time.
    found.catch(() => kept.delete(hash));
    const [oldest] = kept.keys();
    if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
    return found;
  };
}
