/** `evenkeel studies --all`: every study in order, whatever becomes of the ones before it. */
import { join } from "node:path";
import type { StudyResult } from "../experiments/index.ts";
import { type FoundStudy, studiesIndex } from "../experiments/report/studies-index.ts";
import { selectBackend } from "../run/select.ts";
import { studies } from "../studies/index.ts";
import { atomicWrite } from "./atomic-write.ts";
import { collectResults } from "./collect-results.ts";
import { type Conducted, conductStudy } from "./conduct-study.ts";
import { InterruptedError } from "./interrupt.ts";
import type { Output } from "./output.ts";
import { planCost } from "./plan-cost.ts";
import type { RunRequest } from "./run-request.ts";
import type { PlannedCost } from "./show-projection.ts";
import { studyData } from "./study-data.ts";
import { showCount, showSeconds } from "./units.ts";

export interface AllOptions {
  readonly output: Output;
  readonly signal: AbortSignal;
  /** A tarball or folder to take the data from. */
  readonly from?: string;
}

/** What became of one study. */
export interface Attempt {
  readonly request: RunRequest;
  readonly conducted: Conducted | null;
  /** Why there is no result. */
  readonly error: Error | null;
  readonly seconds: number;
}

/** Errors: InterruptedError once the signal has fired; what a study throws is kept in its attempt. */
export async function runAllStudies(
  requests: readonly RunRequest[],
  { output, signal, from }: AllOptions,
): Promise<Attempt[]> {
  const load = studyData({ output, signal, ...(from !== undefined && { from }) });
  const attempts: Attempt[] = [];
  for (const [at, request] of requests.entries()) {
    const { study, backend: name, engineThreads, threads, runs, scale } = request;
    const started = performance.now();
    const ended = (): number => (performance.now() - started) / 1000;
    const place = `study ${at + 1} of ${requests.length}`;
    output.note(
      `${place}: ${study.id}, ${runs} runs of ${showCount(scale.steps)} steps, ${threads} at a time`,
    );
    try {
      const backend = await selectBackend(name, { threads: engineThreads });
      const data = await load(study);
      const conducted = await conductStudy(request, { data, backend, output, signal });
      attempts.push({ request, conducted, error: null, seconds: ended() });
      output.note(`${place}: ${study.id}: ${conducted.result.verdict.outcome}`);
    } catch (cause) {
      // The signal was meant for all of them.
      if (cause instanceof InterruptedError || signal.aborted) throw cause;
      const error = cause instanceof Error ? cause : new Error(String(cause));
      attempts.push({ request, conducted: null, error, seconds: ended() });
      output.note(`${place}: ${study.id}: FAILED: ${error.message}`);
    }
    output.note(`${place}: ${showSeconds(attempts.at(-1)!.seconds)}`);
  }
  return attempts;
}

/** What all studies would take. Errors: whatever a study throws that cannot even start. */
export async function planAllStudies(
  requests: readonly RunRequest[],
  { output, signal, from }: AllOptions,
): Promise<PlannedCost[]> {
  const load = studyData({ output, signal, ...(from !== undefined && { from }) });
  const costs: PlannedCost[] = [];
  for (const request of requests) {
    signal.throwIfAborted();
    const backend = await selectBackend(request.backend, { threads: request.engineThreads });
    costs.push(await planCost(request, await load(request.study), backend, output));
  }
  return costs;
}

/** Writes `index.html` over all studies that have a result of this preset in `out`; gives its path. */
export async function writeIndex(
  out: string,
  preset: StudyResult["preset"],
  attempts: readonly Attempt[],
): Promise<string> {
  const found = await collectResults(out);
  const rows = studies.map((study): FoundStudy => {
    const { id, question } = study;
    const attempt = attempts.find((each) => each.request.study.id === id);
    if (attempt?.error) return { study: id, question, error: attempt.error.message };
    const conducted = attempt?.conducted ?? null;
    const newest = found.find(({ result }) => result.study === id && result.preset === preset);
    const result = conducted?.result ?? newest?.result;
    return { study: id, question, ...(result && { result, page: `${result.id}/report.html` }) };
  });
  const path = join(out, "index.html");
  await atomicWrite(path, studiesIndex(rows, preset));
  return path;
}
