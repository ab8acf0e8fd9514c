/** One run, kept as it goes: reused if it is finished, resumed if it was interrupted. */
import { DataError, OptionError } from "../base/errors.ts";
import type { Dataset } from "../data/index.ts";
import type { Backend } from "../run/backend.ts";
import type { TrainEvent } from "../train/events.ts";
import { resultOf } from "./result-of.ts";
import { runId, type RunDescription } from "./run-description.ts";
import { recordRun } from "./run-record.ts";
import type { RunFolder, RunStore } from "./run-store.ts";
import type { Runnable } from "./runnable.ts";
import type { RunResult } from "./study-result.ts";

export interface RunServices {
  readonly store: RunStore;
  readonly data: Dataset;
  readonly backend: Backend;
  /** What `run.json` says of the machine, such as `node: v24.1.0`. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** What a run says: the loop's events, and around them what became of its files. */
export type RunEvent =
  | TrainEvent
  | { readonly type: "reused"; readonly location: string }
  | { readonly type: "resumed"; readonly step: number; readonly location: string }
  | { readonly type: "result"; readonly result: RunResult };

/**
 * Carries out one run. The last event is `result`, unless the run was aborted.
 *
 * Files:  run.json, events.jsonl (append-only), checkpoint-<step>.safetensors (the newest is kept),
 *         and result.json once it has finished or diverged.
 * Errors: OptionError for an arm the study does not have, or a description of another study or
 *         backend; DataError for other data than described.
 */
export async function* executeRun(
  study: Runnable,
  description: RunDescription,
  services: RunServices,
): AsyncGenerator<RunEvent, void, undefined> {
  checkDescription(study, description, services);
  const { store, backend, environment = {} } = services;
  const id = await runId(description);
  const folder = await store.open(id);
  const finished = await readResult(folder);
  if (finished !== null) {
    yield { type: "reused", location: folder.location };
    yield { type: "result", result: finished };
    return;
  }
  const checkpoint = await newestCheckpoint(folder);
  if (checkpoint !== null) {
    yield { type: "resumed", step: checkpoint.step, location: folder.location };
  } else {
    const about = { id, ...description, backendDescription: backend.description, environment };
    await folder.writeText("run.json", `${JSON.stringify(about, null, 2)}\n`);
  }
  const started = performance.now();
  yield* trainAndLog(study, description, services, folder, checkpoint?.bytes);
  const events = (await folder.readLines("events.jsonl")) as TrainEvent[];
  const record = recordRun(description.arm, description.seed, events);
  if (record.outcome === "aborted") return;
  const result: RunResult = {
    id,
    ...resultOf(study, record, description.scale),
    backend: backend.description,
    seconds: (performance.now() - started) / 1000,
    resumedFrom: checkpoint?.step ?? null,
  };
  await folder.writeText("result.json", `${JSON.stringify(result)}\n`);
  yield { type: "result", result };
}

async function* trainAndLog(
  study: Runnable,
  { arm, seed, scale }: RunDescription,
  { data, backend, signal }: RunServices,
  folder: RunFolder,
  resume: Uint8Array | undefined,
): AsyncGenerator<TrainEvent, void, undefined> {
  const events = study.train({
    arm,
    seed,
    scale,
    data,
    backend,
    ...(resume && { resume }),
    ...(signal && { signal }),
    saveCheckpoint: (step, bytes) => saveCheckpoint(folder, step, bytes),
  });
  for await (const event of events) {
    await folder.appendLine("events.jsonl", event);
    yield event;
  }
}

function checkDescription(
  study: Runnable,
  { study: id, revision, arm, backend, data }: RunDescription,
  services: RunServices,
): void {
  const refuse = (rule: string, got: string): never => {
    throw new OptionError(`executeRun: ${rule}, got ${got}`);
  };
  if (id !== study.id) refuse(`the description must be of study "${study.id}"`, `"${id}"`);
  if (revision !== study.revision) refuse(`revision must be ${study.revision}`, String(revision));
  const arms = study.protocol.arms.map((known) => known.id);
  if (!arms.includes(arm)) refuse(`arm must be one of ${arms.join(", ")}`, `"${arm}"`);
  const found = services.backend.name;
  if (backend !== found) refuse(`backend must be ${backend}`, found);
  if (data.hash !== services.data.hash) {
    throw new DataError(
      `executeRun: the data must have hash ${data.hash}, got ${services.data.hash} (${data.name})`,
    );
  }
}

async function readResult(folder: RunFolder): Promise<RunResult | null> {
  const text = await folder.readText("result.json");
  if (text === null) return null;
  try {
    return JSON.parse(text) as RunResult;
  } catch (cause) {
    throw new DataError(
      `${folder.location}/result.json: must be JSON, got ${text.length} characters that are not`,
      { cause },
    );
  }
}

const CHECKPOINT = /^checkpoint-(\d+)\.safetensors$/;

async function checkpointSteps(folder: RunFolder): Promise<number[]> {
  const steps = (await folder.list()).flatMap((file) => {
    const step = CHECKPOINT.exec(file)?.[1];
    return step === undefined ? [] : [Number(step)];
  });
  return steps.toSorted((a, b) => b - a);
}

async function newestCheckpoint(
  folder: RunFolder,
): Promise<{ readonly step: number; readonly bytes: Uint8Array } | null> {
  const [step] = await checkpointSteps(folder);
  if (step === undefined) return null;
  const bytes = await folder.readBytes(`checkpoint-${step}.safetensors`);
  return bytes === null ? null : { step, bytes };
}

/** The older checkpoint goes only once the new one is whole. */
async function saveCheckpoint(folder: RunFolder, step: number, bytes: Uint8Array): Promise<void> {
  const older = await checkpointSteps(folder);
  await folder.writeBytes(`checkpoint-${step}.safetensors`, bytes);
  for (const old of older) if (old !== step) await folder.remove(`checkpoint-${old}.safetensors`);
}
