/** Threads that each train one run at a time. What they compute does not depend on their number. */
import { Worker } from "node:worker_threads";
import { BackendError } from "../base/errors.ts";
import type { Dataset } from "../data/dataset.ts";
import type { RunDescription, RunEvent } from "../experiments/index.ts";
import {
  fromPlainError,
  type LogFormat,
  type RunRequest,
  type WorkerMessage,
  type WorkerSetup,
} from "./worker-protocol.ts";

export interface WorkerPool {
  /**
   * Carries out a run on a free thread, a new one if all are busy. Ends early once stopped. `data`,
   * in shared memory, are the run's own.
   */
  run(
    description: RunDescription,
    data?: Dataset,
    log?: LogFormat,
  ): AsyncGenerator<RunEvent, void, undefined>;
  /** Asks all runs to save what they have and to end. */
  stop(): void;
  /** Ends all threads. */
  close(): Promise<void>;
}

// The file beside this one, as source or as built.
const defaultEntry = new URL(import.meta.url.replace(/worker-pool\.(\w+)$/, "run-worker.$1"));

export function workerPool(
  setup: Omit<WorkerSetup, "stop">,
  entry: URL = defaultEntry,
): WorkerPool {
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const all = new Set<Worker>();
  const idle: Worker[] = [];

  function start(): Worker {
    const workerData: WorkerSetup = { ...setup, stop };
    // A worker's own output is never ours: stdout belongs to the one JSON object.
    const worker = new Worker(entry, { workerData, stdout: true });
    worker.stdout.pipe(process.stderr, { end: false });
    worker.on("exit", () => all.delete(worker));
    // Without a listener an error in an idle worker would end the process.
    worker.on("error", () => all.delete(worker));
    all.add(worker);
    return worker;
  }

  async function* run(
    description: RunDescription,
    data?: Dataset,
    log?: LogFormat,
  ): AsyncGenerator<RunEvent, void, undefined> {
    const worker = idle.pop() ?? start();
    const mail = mailbox(worker, `${description.arm}, seed ${description.seed}`);
    let finished = false;
    try {
      const request: RunRequest = { description, ...(data && { data }), ...(log && { log }) };
      worker.postMessage(request, []);
      for (;;) {
        const message = await mail.next();
        if (message.type === "done") break;
        if (message.type === "failed") throw fromPlainError(message.error);
        yield* message.events;
      }
      finished = true;
    } finally {
      mail.close();
      // A thread whose run failed, or was left in the middle, is in a state nobody knows.
      if (finished) idle.push(worker);
      else await worker.terminate();
    }
  }

  return Object.freeze({
    run,
    stop: (): void => void Atomics.store(stop, 0, 1),
    async close(): Promise<void> {
      await Promise.all([...all].map((worker) => worker.terminate()));
    },
  });
}

interface Mailbox {
  /** The next message; rejects once the worker has crashed or ended. */
  next(): Promise<WorkerMessage>;
  close(): void;
}

function mailbox(worker: Worker, run: string): Mailbox {
  const messages: WorkerMessage[] = [];
  let crash: Error | null = null;
  let wake: () => void = () => undefined;
  const onMessage = (message: WorkerMessage): void => {
    messages.push(message);
    wake();
  };
  const onCrash = (cause: unknown): void => {
    const reason = cause instanceof Error ? cause.message : `exit code ${String(cause)}`;
    crash ??= new BackendError(
      `run (${run}): its thread must live until it is done, got ${reason}`,
      { cause },
    );
    wake();
  };
  worker.on("message", onMessage).on("error", onCrash).on("exit", onCrash);
  return {
    async next(): Promise<WorkerMessage> {
      for (;;) {
        const message = messages.shift();
        if (message !== undefined) return message;
        if (crash !== null) throw crash;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    close(): void {
      worker.off("message", onMessage).off("error", onCrash).off("exit", onCrash);
    },
  };
}
