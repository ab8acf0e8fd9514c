/** Runs a study on threads, shows its progress, and writes its report. */
import { join } from "node:path";
import type { Dataset } from "../data/dataset.ts";
import { runStudy, type StudyResult } from "../experiments/index.ts";
import type { Backend } from "../run/backend.ts";
import { diskRunStore } from "./disk-run-store.ts";
import { InterruptedError } from "./interrupt.ts";
import { makeStudyFiles } from "./make-study-files.ts";
import { machineDescription } from "./machine-description.ts";
import type { Output } from "./output.ts";
import { packageVersion } from "./package-version.ts";
import { runDisplay } from "./run-display.ts";
import { numbersOf, repeatCommand, type RunRequest } from "./run-request.ts";
import { workerPool } from "./worker-pool.ts";

export interface ConductOptions {
  readonly data: Dataset;
  readonly backend: Backend;
  readonly output: Output;
  readonly signal: AbortSignal;
}

export interface Conducted {
  readonly result: StudyResult;
  readonly folder: string;
  readonly report: string;
}

/** Errors: InterruptedError once the signal has fired and all runs have saved what they had. */
export async function conductStudy(
  request: RunRequest,
  { data, backend, output, signal }: ConductOptions,
): Promise<Conducted> {
  const { study, preset, threads, engineThreads, options } = request;
  const environment = machineDescription();
  const pool = workerPool({
    study: study.id,
    data,
    backend: backend.name,
    engineThreads,
    out: options.out,
    environment,
  });
  const display = runDisplay(threads, output);
  signal.addEventListener("abort", pool.stop);
  try {
    const events = runStudy(study, {
      preset,
      ...numbersOf(options),
      data,
      backend,
      environment,
      signal,
      store: diskRunStore(options.out),
      version: packageVersion(),
      command: repeatCommand(request),
      concurrency: threads,
      execute: pool.run,
      files: (result) => makeStudyFiles(study, result),
    });
    for await (const event of events) {
      display.see(event);
      if (event.type === "study-aborted") {
        throw new InterruptedError(interruption(request, event.finishedRuns));
      }
      if (event.type === "study-done") {
        const { result, location } = event;
        return { result, folder: location, report: join(location, "report.html") };
      }
    }
    throw new Error("conductStudy: the study must end in a result, got none");
  } finally {
    signal.removeEventListener("abort", pool.stop);
    display.done();
    await pool.close();
  }
}

function interruption({ runs }: RunRequest, finished: number): string {
  return `interrupted with ${finished} of ${runs} runs finished; the same command goes on from there`;
}
