/** Where the queue is, and the library that speaks to it. */
import type * as Bullmq from "bullmq";
import { BackendError } from "../../base/errors.ts";
import { UsageError } from "../usage-error.ts";

/** All runs of all comparisons wait in one queue. */
export const QUEUE = "evenkeel-runs";

/** How to reach Redis: user, password and TLS (`rediss:`) as the address says. */
export function connectionOf(address: string): Bullmq.RedisOptions {
  const valid = URL.canParse(address) && ["redis:", "rediss:"].includes(new URL(address).protocol);
  if (!valid) {
    throw new UsageError(`--queue must be an address such as redis://host:6379, got "${address}"`);
  }
  // A Redis that restarts is waited for, however long that takes.
  return { url: address, maxRetriesPerRequest: null };
}

/** Errors: BackendError if the packages are not installed: they are optional. */
export async function loadBullmq(): Promise<typeof Bullmq> {
  try {
    return await import("bullmq");
  } catch (cause) {
    throw new BackendError(
      "--queue needs the packages bullmq and ioredis, got neither; npm install bullmq ioredis",
      {
        cause,
      },
    );
  }
}
