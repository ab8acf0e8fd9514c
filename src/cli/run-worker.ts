/** A thread that trains runs, one after another, and keeps them on disk itself. */
import { parentPort, workerData } from "node:worker_threads";
import { GraphError } from "../base/errors.ts";
import type { Dataset } from "../data/dataset.ts";
import {
  checkSubject,
  COMPARISON,
  comparisonRun,
  executeRun,
  runId,
  type Runnable,
  type RunDescription,
  type RunEvent,
} from "../experiments/index.ts";
import { selectBackend } from "../run/select.ts";
import { studies } from "../studies/index.ts";
import { diskRunStore } from "./disk-run-store.ts";
import { whileLocked } from "./run-lock.ts";
import { eventLog } from "./tensorboard/event-log.ts";
import {
  type LogFormat,
  type RunRequest,
  toPlainError,
  type WorkerMessage,
  type WorkerSetup,
} from "./worker-protocol.ts";

/** Milliseconds that step events may wait for company: a message per step would cost more than it says. */
const patience = 40;

const port = parentPort;
if (port === null) {
  throw new GraphError("run-worker: must be started as a worker, got the main thread");
}
const setup = workerData as WorkerSetup;
const send = (message: WorkerMessage): void => port.postMessage(message);

async function carryOut({ description, data: own, log }: RunRequest): Promise<void> {
  const data = own ?? setup.data;
  if (data === null) throw new GraphError("run-worker: a run must have data, got none");
  const runnable = runnableFor(description);
  const id = await runId(description);
  const work = (): Promise<void> => train(runnable, description, data, log);
  await (setup.locks === false ? work() : whileLocked(setup.out, id, work));
}

/** What is to be run: looked up by its name, or made of the names and numbers of a comparison. */
function runnableFor({ study: id, subject, arm }: RunDescription): Runnable {
  if (id === COMPARISON) return comparisonRun(checkSubject(subject, "run-worker"), arm);
  const study = studies.find((known) => known.id === setup.study);
  if (study !== undefined) return study;
  throw new GraphError(`run-worker: study must be known, got "${setup.study}"`);
}

async function train(
  runnable: Runnable,
  description: RunDescription,
  data: Dataset,
  format?: LogFormat,
): Promise<void> {
  const controller = new AbortController();
  let waiting: RunEvent[] = [];
  let sent = performance.now();
  const store = diskRunStore(setup.out);
  const log =
    format === undefined ? null : await eventLog(await store.open(await runId(description)));
  const events = executeRun(runnable, description, {
    store,
    data,
    backend: await selectBackend(setup.backend, { threads: setup.engineThreads ?? 1 }),
    environment: setup.environment,
    signal: controller.signal,
  });
  try {
    for await (const event of events) {
      await log?.see(event);
      waiting.push(event);
      if (Atomics.load(setup.stop, 0) === 1) controller.abort();
      const now = performance.now();
      if (event.type === "step" && now - sent < patience) continue;
      send({ type: "events", events: waiting });
      waiting = [];
      sent = now;
    }
  } finally {
    await log?.close();
  }
  if (waiting.length > 0) send({ type: "events", events: waiting });
}

port.on("message", (request: RunRequest) => {
  carryOut(request).then(
    () => send({ type: "done" }),
    (error: unknown) => send({ type: "failed", error: toPlainError(error) }),
  );
});
