/**
 * What comparisons say of themselves, so that `evenkeel status` can show them: a job for each in a
 * queue that nobody works on, named by the comparison. The same one, begun again, has the same job.
 */
import { setTimeout as wait } from "node:timers/promises";
import type * as Bullmq from "bullmq";
import * as v from "valibot";
import { connectionOf } from "./queue-connection.ts";

/** All are counts but `name`, the data's. */
export interface ComparisonSign {
  readonly name: string;
  readonly arms: number;
  /** From 1. */
  readonly round: number;
  readonly rounds: number;
  /** Of this round. */
  readonly runs: number;
  readonly done: number;
  /** When it began and when it said this, in milliseconds since 1970. */
  readonly since: number;
  readonly at: number;
}

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

const signSchema: v.GenericSchema<unknown, ComparisonSign> = v.object({
  name: v.pipe(v.string(), v.maxLength(1000)),
  arms: count,
  round: count,
  rounds: count,
  runs: count,
  done: count,
  since: v.number(),
  at: v.number(),
});

export const SIGNS = "evenkeel-comparisons";
/** Milliseconds between signs. */
const SIGN_EVERY = 2000;
/** Milliseconds after which one whose process was killed is forgotten. */
const FORGOTTEN = 24 * 3600 * 1000;
/** Milliseconds that the last word may take, lest a Redis that is gone hold up the end. */
const PATIENCE = 1000;
/** Comparisons that are looked at. */
const MOST = 100;

export interface SignBoard {
  put(id: string, sign: Omit<ComparisonSign, "at">): void;
  /** Takes down what was put up. */
  close(): Promise<void>;
}

/** Keeps a comparison's sign fresh for as long as its process lives. */
export function signBoard({ Queue }: Pick<typeof Bullmq, "Queue">, address: string): SignBoard {
  const queue = new Queue<object>(SIGNS, { connection: connectionOf(address) });
  // Without a listener a lost connection would end the process; the client reconnects by itself.
  queue.on("error", () => undefined);
  let latest: readonly [string, Omit<ComparisonSign, "at">] | null = null;
  const send = async (): Promise<void> => {
    if (latest === null) return;
    const [jobId, sign] = latest;
    const job = await queue.add("comparison", {}, { jobId });
    await job.updateProgress({ ...sign, at: Date.now() });
  };
  // Signs are only to be shown: where one cannot be given, the next will do.
  const show = (): void => void send().catch(() => undefined);
  const timer = setInterval(show, SIGN_EVERY).unref();
  return Object.freeze({
    put(id: string, sign: Omit<ComparisonSign, "at">): void {
      const first = latest === null;
      latest = [id, sign];
      if (!first) return;
      queue.clean(FORGOTTEN, MOST, "wait").catch(() => undefined);
      show();
    },
    async close(): Promise<void> {
      clearInterval(timer);
      const removed = latest === null ? null : queue.remove(latest[0]);
      const late = wait(PATIENCE, null, { ref: false });
      await Promise.race([removed, late]).catch(() => undefined);
      await queue.close();
    },
  });
}

/** By the comparisons' ids, the oldest first. */
export async function readSigns(
  queue: Pick<Bullmq.Queue, "getWaiting">,
): Promise<Map<string, ComparisonSign>> {
  const jobs = await queue.getWaiting(0, MOST - 1);
  const signs = jobs.flatMap(({ id, progress }) => {
    const result = v.safeParse(signSchema, progress);
    return result.success && id !== undefined ? [[id, result.output] as const] : [];
  });
  return new Map(signs.toSorted(([, a], [, b]) => a.since - b.since));
}
