/** Runs a comparison on threads and shows its progress. */
import type { Backend } from "../../run/backend.ts";
import {
  COMPARISON,
  runComparison,
  type ComparedPlan,
  type ComparisonPlan,
  type ComparisonResult,
} from "../../experiments/index.ts";
import { announcer } from "./announcer.ts";
import { diskRunStore } from "../disk-run-store.ts";
import { InterruptedError } from "../interrupt.ts";
import { machineDescription } from "../machine-description.ts";
import type { Output } from "../output.ts";
import { packageVersion } from "../package-version.ts";
import { queueRuns } from "../queue/queue-runs.ts";
import { runDisplay } from "../run-display.ts";
import { logFinished } from "../tensorboard/event-log.ts";
import { workerPool } from "../worker-pool.ts";
import type { LogFormat } from "../worker-protocol.ts";

export interface ConductOptions {
  readonly backend: Backend;
  /** Runs at a time. */
  readonly threads: number;
  readonly out: string;
  /** The address of a queue whose workers carry out the runs; null for this machine's threads. */
  readonly queue: string | null;
  /** What is written beside each run's own files. */
  readonly log: LogFormat | null;
  readonly command: string;
  readonly output: Output;
  readonly signal: AbortSignal;
}

export interface Conducted {
  readonly result: ComparisonResult;
  readonly folder: string;
}

/** Runs that wait in a queue at a time. */
const QUEUED = 1000;

/** Errors: InterruptedError once the signal has fired and all runs have saved what they had. */
export async function conductComparison(
  plan: ComparisonPlan,
  { backend, threads, out, queue, log, command, output, signal }: ConductOptions,
): Promise<Conducted> {
  const environment = machineDescription();
  const store = diskRunStore(out);
  const setup = { study: COMPARISON, data: null, backend: backend.name, out, environment };
  const queued = queue === null ? null : await queueRuns(queue, store, output.note);
  const pool = queued ?? workerPool(setup);
  const announce = queued === null ? null : announcer(plan, queued.announce);
  const display = runDisplay(threads, output);
  const datasets = new Map(plan.data.pairs.map(({ data }) => [data.hash, data]));
  signal.addEventListener("abort", pool.stop);
  try {
    const events = runComparison(plan, {
      store,
      backend,
      environment,
      signal,
      command,
      version: packageVersion(),
      concurrency: queue === null ? threads : QUEUED,
      execute: (description) => {
        const data = datasets.get(description.data.hash)!;
        return pool.run(description, data, log ?? undefined);
      },
    });
    for await (const event of events) {
      await announce?.(event);
      if (event.type === "round") {
        display.see({
          type: "study-start",
          study: COMPARISON,
          scale: event.runs[0]!.description.scale,
          runs: event.runs.map(shownRun),
          location: out,
        });
      } else if (event.type === "run") {
        const { id, seed } = event.plan;
        // No thread has seen a run that was found finished.
        if (log !== null && event.event.type === "reused") await logFinished(await store.open(id));
        display.see({ type: "run", id, arm: shownArm(event.plan), seed, event: event.event });
      } else if (event.type === "aborted") {
        throw new InterruptedError(
          `interrupted with ${event.finishedRuns} of ${event.runs} runs finished; the same command goes on from there`,
        );
      } else {
        return { result: event.result, folder: event.location };
      }
    }
    throw new Error("conductComparison: the comparison must end in a result, got none");
  } finally {
    signal.removeEventListener("abort", pool.stop);
    display.done();
    await pool.close();
  }
}

/** A pair's runs differ by fold as well as by seed. */
function shownArm({ arm, fold }: ComparedPlan): string {
  return `${arm.label}, fold ${fold + 1}`;
}

function shownRun(plan: ComparedPlan): Pick<ComparedPlan, "id" | "description"> {
  return { id: plan.id, description: { ...plan.description, arm: shownArm(plan) } };
}
