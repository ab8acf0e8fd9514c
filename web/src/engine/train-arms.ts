import { failureText } from "./failure-text.ts";
import type {
  Answer,
  Change,
  Command,
  ExportKind,
  LabEvent,
  OwnData,
  RunKey,
  TrainSpec,
} from "./protocol.ts";

export interface TrainArmsOptions {
  /** Begins at the first `resume` or `step`; defaults to *false*. */
  readonly paused?: boolean;
  /** For data of the reader's own. */
  readonly own?: OwnData;
}

/** A training that goes on in a worker of its own. */
export interface Training {
  pause(): void;
  resume(): void;
  /** So many steps of each run, then pause. */
  step(rounds?: number): void;
  /** Takes effect at the next step; told as a `changed` event with that step. */
  change(change: Omit<Change, "step">): void;
  /** Ends every run; its weights can still be had. */
  stop(): void;
  /** A run's network as a file. Errors: Error with the worker's reason. */
  download(run: RunKey, as: ExportKind): Promise<Uint8Array<ArrayBuffer>>;
  /** Ends the worker. Nothing is told any more. */
  close(): void;
}

/**
 * Trains the arms of a description, side by side, off the page's own thread.
 *
 * `onEvents` hears what happened, in order, at most about 30 times a second. The last event is the
 * state `over`. A worker that dies is told as `failed` with `arm` null.
 */
export function trainArms(
  spec: TrainSpec,
  onEvents: (events: readonly LabEvent[]) => void,
  { paused = false, own }: TrainArmsOptions = {},
): Training {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  const waiting = new Map<number, (answer: Exclude<Answer, { type: "events" }>) => void>();
  let exports = 0;
  const send = (command: Command): void => worker.postMessage(command);

  const fail = (message: string): void => {
    worker.terminate();
    for (const [id, answer] of waiting) answer({ type: "not-exported", id, message });
    onEvents([
      { type: "failed", arm: null, message },
      { type: "state", state: "over" },
    ]);
  };
  worker.addEventListener("message", ({ data }: MessageEvent<Answer>) => {
    if (data.type === "events") return onEvents(data.events);
    waiting.get(data.id)?.(data);
    waiting.delete(data.id);
  });
  worker.addEventListener("error", ({ message }) => {
    // A script that does not load gives an event without a message.
    const cause = failureText(message || "a script that did not load");
    fail(`worker: the training's worker must run, got ${cause}`);
  });
  worker.addEventListener("messageerror", () => fail("worker: sent what this page cannot read"));
  const base = new URL("./", document.baseURI).href;
  send({ type: "train", spec, own: own ?? null, base, paused });

  return {
    pause: () => send({ type: "pause" }),
    resume: () => send({ type: "resume" }),
    step: (rounds = 1) => send({ type: "step", rounds }),
    change: (change) => send({ type: "change", change }),
    stop: () => send({ type: "stop" }),
    download(run, as) {
      const id = exports++;
      send({ type: "export", id, run, as });
      return new Promise((resolve, reject) => {
        waiting.set(id, (answer) => {
          if (answer.type === "exported") resolve(answer.bytes);
          else reject(new Error(answer.message));
        });
      });
    },
    close() {
      worker.terminate();
    },
  };
}

/** Threads that a training may use here: more than one only where the page may share memory. */
export function threadsHere(): number {
  return globalThis.crossOriginIsolated
    ? Math.max(1, Math.min(4, navigator.hardwareConcurrency - 1))
    : 1;
}
