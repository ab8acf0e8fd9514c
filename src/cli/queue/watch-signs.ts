/** The signs of runs that others carry out, as they come in. */
import type * as Bullmq from "bullmq";
import { connectionOf, QUEUE } from "./queue-connection.ts";
import { checkSigns, type RunSigns } from "./run-signs.ts";

export interface SignWatch {
  /** From now on `id` is of interest. */
  begin(id: string): void;
  end(id: string): void;
  /** Null before there are any. */
  latest(id: string): RunSigns | null;
  close(): Promise<void>;
}

export function watchSigns(
  { QueueEvents }: Pick<typeof Bullmq, "QueueEvents">,
  address: string,
): SignWatch {
  const events = new QueueEvents(QUEUE, { connection: connectionOf(address) });
  const found = new Map<string, RunSigns | null>();
  // Without a listener a lost connection would end the process; the client reconnects by itself.
  events.on("error", () => undefined);
  events.on("progress", ({ jobId, data }) => {
    const signs = found.has(jobId) ? checkSigns(data) : null;
    if (signs !== null) found.set(jobId, signs);
  });
  return Object.freeze({
    begin: (id: string): void => void found.set(id, null),
    end: (id: string): void => void found.delete(id),
    latest: (id: string): RunSigns | null => found.get(id) ?? null,
    close: (): Promise<void> => events.close(),
  });
}
