/** What a queue is doing. */
import { BackendError } from "../../base/errors.ts";
import { readSigns, SIGNS, type ComparisonSign } from "./comparison-signs.ts";
import { connectionOf, loadBullmq, QUEUE } from "./queue-connection.ts";
import { checkSigns } from "./run-signs.ts";

export interface QueueStatus {
  /** Processes that listen. */
  readonly workers: number;
  readonly jobs: {
    readonly waiting: number;
    readonly running: number;
    /** Waiting for their next try. */
    readonly delayed: number;
    /** Within the last hour. */
    readonly finished: number;
    /** Within the last day. */
    readonly failed: number;
  };
  /** The first of the runs that are being carried out; a step is null before it is known. */
  readonly running: readonly {
    readonly id: string;
    readonly step: number | null;
    readonly steps: number | null;
  }[];
  readonly comparisons: readonly (Omit<ComparisonSign, "since" | "at"> & {
    readonly id: string;
    /** Since it began, and since its last sign: beyond half a minute its process is gone. */
    readonly seconds: number;
    readonly silentSeconds: number;
  })[];
}

/** Runs that are listed one by one. */
const LISTED = 100;

/** Errors: BackendError with the system's reason if Redis cannot be reached. */
export async function queueStatus(address: string): Promise<QueueStatus> {
  const { Queue } = await loadBullmq();
  // Who asks wants an answer: nothing is waited for, and a lost connection is not tried again.
  const connection = { ...connectionOf(address), maxRetriesPerRequest: 0, retryStrategy: never };
  const [queue, board] = [new Queue(QUEUE, { connection }), new Queue(SIGNS, { connection })];
  let reason: Error | null = null;
  for (const each of [queue, board]) each.on("error", (error) => (reason ??= error));
  try {
    const counts = await queue.getJobCounts("wait", "active", "delayed", "completed", "failed");
    const active = await queue.getActive(0, LISTED - 1);
    const signs = await readSigns(board);
    const now = Date.now();
    return {
      workers: await queue.getWorkersCount(),
      jobs: {
        waiting: counts["wait"] ?? 0,
        running: counts["active"] ?? 0,
        delayed: counts["delayed"] ?? 0,
        finished: counts["completed"] ?? 0,
        failed: counts["failed"] ?? 0,
      },
      running: active.map((job) => {
        const found = checkSigns(job.progress);
        const step = found === null ? null : (found.step?.step ?? found.start.step);
        return { id: job.id ?? "", step, steps: found?.start.steps ?? null };
      }),
      comparisons: [...signs].map(([id, { since, at, ...rest }]) => ({
        id,
        ...rest,
        seconds: (at - since) / 1000,
        // Clocks of two machines may differ.
        silentSeconds: Math.max(0, now - at) / 1000,
      })),
    };
  } catch (error) {
    const cause = reason ?? error;
    const text = cause instanceof Error && cause.message !== "" ? cause.message : String(cause);
    throw new BackendError(`--queue must reach Redis, got ${text}`, { cause });
  } finally {
    await Promise.allSettled([queue.close(), board.close()]);
  }
}

const never = (): null => null;
