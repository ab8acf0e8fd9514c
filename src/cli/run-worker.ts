/** A thread that trains runs, one after another, and keeps them on disk itself. */
import { parentPort, workerData } from "node:worker_threads";
import { GraphError } from "../base/errors.ts";
import { executeRun, runId, type RunEvent, type Study } from "../experiments/index.ts";
import { selectBackend } from "../run/select.ts";
import { studies } from "../studies/index.ts";
import { diskRunStore } from "./disk-run-store.ts";
import { whileLocked } from "./run-lock.ts";
import {
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

async function carryOut({ description }: RunRequest): Promise<void> {
  const study = studies.find(({ id }) => id === setup.study);
  if (study === undefined) {
    throw new GraphError(`run-worker: study must be known, got "${setup.study}"`);
  }
  await whileLocked(setup.out, await runId(description), () => train(study, description));
}

async function train(study: Study, description: RunRequest["description"]): Promise<void> {
  const controller = new AbortController();
  let waiting: RunEvent[] = [];
  let sent = performance.now();
  const events = executeRun(study, description, {
    store: diskRunStore(setup.out),
    data: setup.data,
    backend: await selectBackend(setup.backend),
    environment: setup.environment,
    signal: controller.signal,
  });
  for await (const event of events) {
    waiting.push(event);
    if (Atomics.load(setup.stop, 0) === 1) controller.abort();
    const now = performance.now();
    if (event.type === "step" && now - sent < patience) continue;
    send({ type: "events", events: waiting });
    waiting = [];
    sent = now;
  }
  if (waiting.length > 0) send({ type: "events", events: waiting });
}

port.on("message", (request: RunRequest) => {
  carryOut(request).then(
    () => send({ type: "done" }),
    (error: unknown) => send({ type: "failed", error: toPlainError(error) }),
  );
});
