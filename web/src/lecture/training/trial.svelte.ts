/** One experiment as a chapter's page holds it: started, watched, stopped, started again. */
import { announce } from "../../frame/announcer.svelte.ts";
import type { ExperimentId, SettingsOf, UpdateOf } from "./experiments.ts";
import type { Order, Report } from "./messages.ts";

export type TrialState = "idle" | "running" | "done" | "stopped" | "failed";

export interface Trial<Id extends ExperimentId> {
  readonly state: TrialState;
  /** Why it failed; empty if it did not. */
  readonly failure: string;
  /** Everything the experiment said since it was started. */
  readonly updates: readonly UpdateOf<Id>[];
  /** Starts, or starts again. */
  start(settings: SettingsOf<Id>): void;
  stop(): void;
}

/** `name` is what is announced: `Training`. */
export function trial<Id extends ExperimentId>(id: Id, name: string): Trial<Id> {
  let state = $state<TrialState>("idle");
  let failure = $state("");
  let updates = $state.raw<readonly UpdateOf<Id>[]>([]);
  let worker: Worker | null = null;

  function end(how: TrialState, message = ""): void {
    worker?.terminate();
    worker = null;
    state = how;
    failure = message;
    const words: Readonly<Record<TrialState, string>> = {
      idle: "",
      running: `${name} started`,
      done: `${name} finished`,
      stopped: `${name} stopped`,
      failed: `${name} failed: ${message}`,
    };
    announce(words[how]);
  }

  function listen(started: Worker): void {
    started.addEventListener("message", ({ data: report }: MessageEvent<Report>) => {
      if (worker !== started) return;
      if (report.type === "updates") {
        updates = [...updates, ...(report.updates as readonly UpdateOf<Id>[])];
      } else if (report.type === "done") end("done");
      else end("failed", report.message);
    });
    started.addEventListener("error", (event) => {
      if (worker !== started) return;
      end("failed", event.message === "" ? "the worker could not be loaded" : event.message);
    });
  }

  $effect(() => () => worker?.terminate());

  return {
    get state() {
      return state;
    },
    get failure() {
      return failure;
    },
    get updates() {
      return updates;
    },
    start(settings) {
      worker?.terminate();
      updates = [];
      failure = "";
      worker = new Worker(new URL("./lecture-worker.ts", import.meta.url), { type: "module" });
      listen(worker);
      state = "running";
      announce(`${name} started`);
      worker.postMessage({ id, settings } satisfies Order);
    },
    stop() {
      if (state === "running") end("stopped");
    },
  };
}
