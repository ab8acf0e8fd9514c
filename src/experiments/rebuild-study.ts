/** A study's result made again from what its runs said, without running anything. */
import { DataError, OptionError } from "../base/errors.ts";
import type { TrainEvent } from "../train/events.ts";
import { assembleResult, type StudyPlan, writeStudy } from "./assemble-result.ts";
import { resultOf } from "./result-of.ts";
import { recordRun } from "./run-record.ts";
import type { RunFolder, RunStore } from "./run-store.ts";
import type { StudyFile } from "./study-files.ts";
import type { Study } from "./study.ts";
import type { RunResult, StudyResult } from "./study-result.ts";

export interface RebuildOptions {
  /** Where the study's folder and those of its runs are. */
  readonly store: RunStore;
  readonly files?: (result: StudyResult) => Promise<readonly StudyFile[]> | readonly StudyFile[];
}

/** `study.json` of a study's folder. Errors: DataError if it has none that can be read. */
export async function readPlan(store: RunStore, id: string): Promise<StudyPlan> {
  const folder = await store.open(id);
  const plan = await readJson<StudyPlan>(folder, "study.json");
  if (plan !== null && plan.format === 1 && Array.isArray(plan.runs)) return plan;
  throw new DataError(
    `${folder.location}: must be the folder of a study with its study.json, got none of that format`,
  );
}

/**
 * Reads every run's events, takes its measures again, and writes results, verdict, report and
 * figures anew. What the events do not tell, such as the date, stays as the files had it.
 *
 * Errors: OptionError if the runs were made by another revision of the study; DataError if there is
 *         no `study.json`, or a run is missing or not finished.
 */
export async function rebuildStudy(
  study: Study,
  id: string,
  { store, files }: RebuildOptions,
): Promise<StudyResult> {
  const plan = await readPlan(store, id);
  if (plan.study !== study.id || plan.revision !== study.revision) {
    throw new OptionError(
      `rebuildStudy: the runs must be of ${study.id}, revision ${study.revision}, got ${plan.study}, revision ${plan.revision}`,
    );
  }
  const folder = await store.open(id);
  const runs: RunResult[] = [];
  for (const run of plan.runs) runs.push(await rebuildRun(study, plan, run, store));
  const older = await readJson<StudyResult>(folder, "result.json");
  const result = assembleResult(study, plan, runs, {
    date: older?.provenance.date ?? new Date().toISOString(),
    seconds: older?.provenance.seconds ?? runs.reduce((sum, { seconds }) => sum + seconds, 0),
    reusedRuns: older?.provenance.reusedRuns ?? 0,
  });
  await writeStudy(folder, result, files);
  return result;
}

async function rebuildRun(
  study: Study,
  { scale, backend }: StudyPlan,
  { id, arm, seed }: StudyPlan["runs"][number],
  store: RunStore,
): Promise<RunResult> {
  const folder = await store.open(id);
  const events = (await folder.readLines("events.jsonl")) as TrainEvent[];
  const record = recordRun(arm, seed, events);
  if (record.outcome === "aborted") {
    const got = events.length === 0 ? "no events" : `events up to step ${record.step}`;
    throw new DataError(`${folder.location}: the run must be finished, got ${got}`);
  }
  const older = await readJson<RunResult>(folder, "result.json");
  const start = events.findLast((event) => event.type === "start");
  const done = events.findLast((event) => event.type === "done");
  const result: RunResult = {
    id,
    ...resultOf(study, record, scale),
    backend: start?.backend ?? backend,
    seconds: older?.seconds ?? done?.seconds ?? 0,
    resumedFrom: start === undefined || start.step === 0 ? null : start.step,
  };
  await folder.writeText("result.json", `${JSON.stringify(result)}\n`);
  return result;
}

async function readJson<T>(folder: RunFolder, file: string): Promise<T | null> {
  const text = await folder.readText(file);
  if (text === null) return null;
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw new DataError(
      `${folder.location}/${file}: must be JSON, got ${text.length} characters that are not`,
      { cause },
    );
  }
}
