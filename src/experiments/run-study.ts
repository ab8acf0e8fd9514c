/** A whole study: every arm with every seed, then the check, the verdict and the files. */
import { OptionError } from "../base/errors.ts";
import { assembleResult, overridesOf, type StudyPlan, writeStudy } from "./assemble-result.ts";
import { executeRun, type RunEvent, type RunServices } from "./execute-run.ts";
import { merge } from "./merge.ts";
import { runId, studyId, type RunDescription } from "./run-description.ts";
import { checkScale, type PresetName, type Scale } from "./study-parts.ts";
import type { Study } from "./study.ts";
import type { StudyFile } from "./study-files.ts";
import type { Provenance, RunResult, StudyResult } from "./study-result.ts";
import type { RunFolder } from "./run-store.ts";

export interface StudyOptions extends RunServices {
  /** Default `quick`. */
  readonly preset?: PresetName;
  /** Number of paired seeds. Default *the preset's*. */
  readonly seeds?: number;
  /** The first seed; the others follow it. Default 1. */
  readonly seed?: number;
  /** Updates per run; evaluations and observations are moved to keep their number. Default *the preset's*. */
  readonly steps?: number;
  /** Evenkeel's version: runs of another version are not reused. */
  readonly version: string;
  /** The command that repeats the study, for the report. */
  readonly command: string;
  /** Runs at a time. Default 1. */
  readonly concurrency?: number;
  /** Carries out one run. Default: here, in this thread. */
  readonly execute?: (description: RunDescription) => AsyncIterable<RunEvent>;
  /** Makes the report and figures that stand beside the result. Default *none*. */
  readonly files?: (result: StudyResult) => Promise<readonly StudyFile[]> | readonly StudyFile[];
}

export interface PlannedRun {
  readonly id: string;
  readonly description: RunDescription;
}

export type StudyEvent =
  | {
      readonly type: "study-start";
      readonly study: string;
      readonly scale: Scale;
      readonly runs: readonly PlannedRun[];
      readonly location: string;
    }
  | {
      readonly type: "run";
      readonly id: string;
      readonly arm: string;
      readonly seed: number;
      readonly event: RunEvent;
    }
  | { readonly type: "study-aborted"; readonly finishedRuns: number }
  | { readonly type: "study-done"; readonly result: StudyResult; readonly location: string };

/** The preset's scale with the caller's numbers in it; cadences keep their number of points. */
export function scaleOf(
  study: Study,
  { preset = "quick", seeds, steps }: Pick<StudyOptions, "preset" | "seeds" | "steps">,
): Scale {
  const base = study.protocol.presets[preset];
  if (base === undefined) {
    const known = Object.keys(study.protocol.presets).join(", ");
    throw new OptionError(`runStudy: preset must be one of ${known}, got "${preset}"`);
  }
  const wanted = { ...base, seeds: seeds ?? base.seeds, steps: steps ?? base.steps };
  checkScale(wanted, "runStudy");
  const stretch = (every: number): number =>
    Math.max(1, Math.round((every * wanted.steps) / base.steps));
  return {
    ...wanted,
    evaluateEvery: stretch(base.evaluateEvery),
    observeEvery: stretch(base.observeEvery),
    checkpointEvery: Math.min(base.checkpointEvery, wanted.steps),
  };
}

/** Every run of a study, pairs side by side: seed by seed, arm by arm. */
export async function planStudy(study: Study, options: StudyOptions): Promise<PlannedRun[]> {
  const { seed: first = 1, data, backend, version } = options;
  if (!(Number.isSafeInteger(first) && first >= 0)) {
    throw new OptionError(`runStudy: seed must be an integer in [0, 2^53), got ${first}`);
  }
  const scale = scaleOf(study, options);
  const plans: PlannedRun[] = [];
  for (let seed = first; seed < first + scale.seeds; seed++) {
    for (const { id: arm } of study.protocol.arms) {
      const description: RunDescription = {
        study: study.id,
        revision: study.revision,
        arm,
        seed,
        scale,
        data: { name: data.name, hash: data.hash },
        backend: backend.name,
        version,
      };
      plans.push({ id: await runId(description), description });
    }
  }
  return plans;
}

/**
 * Runs a study and says what happens as it happens. Finished runs are reused, interrupted ones
 * resumed. The last event is `study-done`, or `study-aborted` when the signal stopped it.
 *
 * Files:  `study.json` at the start, `result.json` and what `files` makes at the end, in the
 *         study's own folder.
 * Errors: OptionError for numbers out of range; whatever a run throws.
 */
export async function* runStudy(
  study: Study,
  options: StudyOptions,
): AsyncGenerator<StudyEvent, void, undefined> {
  const { preset = "quick", store, concurrency = 1, signal, files } = options;
  const execute = options.execute ?? ((description) => executeRun(study, description, options));
  const scale = scaleOf(study, options);
  const runs = await planStudy(study, options);
  const id = await studyId(
    study.id,
    preset,
    runs.map((run) => run.id),
  );
  const folder = await store.open(id);
  const started = performance.now();
  const plan: StudyPlan = {
    format: 1,
    id,
    study: study.id,
    revision: study.revision,
    preset,
    overrides: overridesOf(study.protocol.presets[preset], scale, options.seed),
    scale,
    data: { name: options.data.name, hash: options.data.hash },
    runs: runs.map(({ id: run, description: { arm, seed } }) => ({ id: run, arm, seed })),
    command: options.command,
    version: options.version,
    backend: options.backend.description,
    environment: options.environment ?? {},
  };
  await folder.writeText("study.json", `${JSON.stringify(plan, null, 1)}\n`);
  yield { type: "study-start", study: study.id, scale, runs, location: folder.location };

  const results = new Map<string, RunResult>();
  let reusedRuns = 0;
  const jobs = runs.map((run) => () => labelled(run, execute, signal));
  for await (const event of merge(jobs, concurrency)) {
    if (event.type === "run" && event.event.type === "result") {
      results.set(event.id, event.event.result);
    }
    if (event.type === "run" && event.event.type === "reused") reusedRuns++;
    yield event;
  }
  const ordered = runs.flatMap((run) => results.get(run.id) ?? []);
  if (ordered.length < runs.length) {
    yield { type: "study-aborted", finishedRuns: ordered.length };
    return;
  }
  const older = reusedRuns === runs.length ? await provenanceOf(folder) : null;
  const result = assembleResult(study, plan, ordered, {
    date: older?.date ?? new Date().toISOString(),
    seconds: older?.seconds ?? (performance.now() - started) / 1000,
    reusedRuns: older?.reusedRuns ?? reusedRuns,
  });
  await writeStudy(folder, result, files);
  yield { type: "study-done", result, location: folder.location };
}

/** When nothing was run, the numbers are as old as they were. */
async function provenanceOf(folder: RunFolder): Promise<Provenance | null> {
  const text = await folder.readText("result.json");
  return text === null ? null : (JSON.parse(text) as StudyResult).provenance;
}

async function* labelled(
  { id, description }: PlannedRun,
  execute: (description: RunDescription) => AsyncIterable<RunEvent>,
  signal: AbortSignal | undefined,
): AsyncGenerator<StudyEvent, void, undefined> {
  if (signal?.aborted === true) return;
  const { arm, seed } = description;
  for await (const event of execute(description)) yield { type: "run", id, arm, seed, event };
}
