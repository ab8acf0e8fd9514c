/** From runs to a study's result: the same whether the runs have just ended or are read again. */
import type { RunFolder } from "./run-store.ts";
import type { StudyFile } from "./study-files.ts";
import type { PresetName, Scale } from "./study-parts.ts";
import type { Study } from "./study.ts";
import type { Provenance, RunResult, StudyResult } from "./study-result.ts";
import { summarizeMeasures } from "./summarize-measures.ts";

/** What a study's folder says of it before any run has ended: `study.json`. */
export interface StudyPlan extends Pick<
  StudyResult,
  "format" | "id" | "study" | "revision" | "overrides" | "data"
> {
  readonly preset: PresetName;
  readonly scale: Scale;
  /** Every run, in order; the folder of each stands beside the study's. */
  readonly runs: readonly Pick<RunResult, "id" | "arm" | "seed">[];
  readonly command: string;
  readonly version: string;
  readonly backend: string;
  readonly environment: Readonly<Record<string, string>>;
}

export function assembleResult(
  study: Study,
  plan: StudyPlan,
  runs: readonly RunResult[],
  when: Pick<Provenance, "date" | "seconds" | "reusedRuns">,
): StudyResult {
  const { title, question, claim, source, protocol, formulas } = study;
  const { command, version, environment } = plan;
  const measures = summarizeMeasures(study, runs);
  const check = study.check(runs);
  const backend = runs[0]?.backend ?? plan.backend;
  return {
    format: 1,
    id: plan.id,
    study: study.id,
    revision: study.revision,
    title,
    question,
    claim,
    source,
    preset: plan.preset,
    overrides: plan.overrides,
    scale: plan.scale,
    seeds: [...new Set(runs.map(({ seed }) => seed))],
    data: plan.data,
    protocol: {
      arms: protocol.arms,
      held: protocol.held,
      differs: protocol.differs,
      rule: study.rule,
    },
    ...(formulas && { formulas }),
    verdict: study.verdict(measures, check),
    check,
    diverged: runs.filter(({ outcome }) => outcome === "diverged").length,
    measures,
    runs,
    provenance: { command, backend, version, environment, ...when },
  };
}

/** The result and what is made of it; `result.json` comes last, so that it stands for the whole. */
export async function writeStudy(
  folder: RunFolder,
  result: StudyResult,
  files:
    | ((result: StudyResult) => Promise<readonly StudyFile[]> | readonly StudyFile[])
    | undefined,
): Promise<void> {
  for (const { name, content } of (await files?.(result)) ?? []) {
    if (typeof content === "string") await folder.writeText(name, content);
    else await folder.writeBytes(name, content);
  }
  await folder.writeText("result.json", `${JSON.stringify(result, null, 1)}\n`);
}

export function overridesOf(base: Scale, scale: Scale, seed = 1): Record<string, number> {
  return {
    ...(scale.steps !== base.steps && { steps: scale.steps }),
    ...(scale.seeds !== base.seeds && { seeds: scale.seeds }),
    ...(seed !== 1 && { seed }),
  };
}
