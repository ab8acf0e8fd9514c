/** Runs carried out by whatever workers listen to a queue, wherever they are. */
import { setTimeout } from "node:timers/promises";
import type { Queue } from "bullmq";
import { DataError } from "../../base/errors.ts";
import type { Dataset } from "../../data/index.ts";
import {
  runId,
  type RunDescription,
  type RunEvent,
  type RunResult,
  type RunStore,
} from "../../experiments/index.ts";
import { connectionOf, loadBullmq, QUEUE } from "./queue-connection.ts";
import type { LogFormat } from "../worker-protocol.ts";
import { writeDataset } from "./data-store.ts";
import { signBoard, type SignBoard } from "./comparison-signs.ts";
import type { RunPayload } from "./run-payload.ts";
import { newEvents, type RunSigns } from "./run-signs.ts";
import { watchSigns, type SignWatch } from "./watch-signs.ts";

export interface QueueRuns {
  run(
    description: RunDescription,
    data: Dataset,
    log?: LogFormat,
  ): AsyncGenerator<RunEvent, void, undefined>;
  /** Tells those who ask for the queue's status how far a comparison is. */
  readonly announce: SignBoard["put"];
  stop(): void;
  close(): Promise<void>;
}

/** Milliseconds between looks at the jobs that are not done. */
const LOOK_EVERY = 200;
/** How often a run is tried again after its worker failed, and the first wait in milliseconds. */
const ATTEMPTS = 5;
const FIRST_WAIT = 1000;
/** Seconds for which a finished job can be seen in the queue; its result is in the store. */
const KEPT = 3600;

/**
 * Runs through the queue at `address`. A job's name is its run's: the same run asked for twice is
 * one job. Results come from the store that all share, so that nothing is lost with the queue: a job
 * that Redis no longer knows is put there again. `note` is told, once each, why Redis is away: it is
 * waited for, however long that takes.
 */
export async function queueRuns(
  address: string,
  store: RunStore,
  note: (line: string) => void,
): Promise<QueueRuns> {
  const bullmq = await loadBullmq();
  const queue = new bullmq.Queue<RunPayload>(QUEUE, { connection: connectionOf(address) });
  const noted = new Set<string>();
  queue.on("error", ({ message }) => {
    if (!noted.has(message)) note(`queue: ${message}; still trying`);
    noted.add(message);
  });
  const sent = new Map<string, Promise<void>>();
  const stop = new AbortController();
  const signs = watchSigns(bullmq, address);
  const board = signBoard(bullmq, address);

  async function* run(
    description: RunDescription,
    data: Dataset,
    log?: LogFormat,
  ): AsyncGenerator<RunEvent, void, undefined> {
    const id = await runId(description);
    const folder = await store.open(id);
    const result = async (): Promise<RunResult | null> => {
      const text = await folder.readText("result.json");
      return text === null ? null : (JSON.parse(text) as RunResult);
    };
    const before = await result();
    if (before !== null) {
      yield { type: "reused", location: folder.location };
      yield { type: "result", result: before };
      return;
    }
    const sending = sent.get(data.hash) ?? writeDataset(store, data);
    sent.set(data.hash, sending);
    await sending;
    // What failed before is tried again: its cause may be gone, and asking again says so.
    if ((await queue.getJobState(id)) === "failed") await (await queue.getJob(id))?.remove();
    signs.begin(id);
    try {
      const payload: RunPayload = { format: 1, description, ...(log && { log }) };
      yield* follow({ id, payload, result, queue, signs, stop: stop.signal });
    } finally {
      signs.end(id);
    }
  }

  return Object.freeze({
    run,
    stop: () => stop.abort(),
    announce: board.put,
    async close() {
      await board.close();
      await signs.close();
      await queue.close();
    },
  });
}

interface Followed {
  readonly id: string;
  readonly payload: RunPayload;
  readonly result: () => Promise<RunResult | null>;
  readonly queue: Queue<RunPayload>;
  readonly signs: SignWatch;
  readonly stop: AbortSignal;
}

/** Until the run is done, or nobody wants it any more. */
async function* follow({
  id,
  payload,
  result,
  queue,
  signs,
  stop,
}: Followed): AsyncGenerator<RunEvent, void, undefined> {
  let seen: RunSigns | null = null;
  while (!stop.aborted) {
    const state = await queue.getJobState(id);
    if (state === "unknown") await add(queue, id, payload);
    if (state === "failed") throw await failure(queue, id);
    const found = state === "completed" || state === "unknown" ? await result() : null;
    if (found !== null) {
      yield { type: "result", result: found };
      return;
    }
    const latest = signs.latest(id);
    if (latest !== null) yield* newEvents(latest, seen);
    seen = latest;
    await setTimeout(LOOK_EVERY);
  }
}

async function add(queue: Queue<RunPayload>, jobId: string, payload: RunPayload): Promise<void> {
  await queue.add("run", payload, {
    jobId,
    attempts: ATTEMPTS,
    backoff: { type: "exponential", delay: FIRST_WAIT },
    removeOnComplete: { age: KEPT, count: 10_000 },
    removeOnFail: { age: 24 * KEPT },
  });
}

async function failure(queue: Queue<RunPayload>, id: string): Promise<DataError> {
  const job = await queue.getJob(id);
  return new DataError(
    `${id}: must finish, got ${job?.failedReason ?? "a failure without a reason"}`,
  );
}
