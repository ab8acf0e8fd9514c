/** What `--dry-run` prints. */
import type { ArmCost, Projection } from "./project-study.ts";
import type { RunRequest } from "./run-request.ts";
import { textTable } from "./text-table.ts";
import { showCount, showSeconds } from "./units.ts";

export interface PlannedCost {
  readonly request: RunRequest;
  readonly projection: Projection;
  /** Runs that an earlier call has finished. */
  readonly finished: number;
}

export function projectionJson({ request, projection, finished }: PlannedCost): object {
  const { study, preset, scale, runs, threads, engineThreads } = request;
  const steps = runs * scale.steps;
  return {
    study: study.id,
    preset,
    scale,
    runs,
    finished,
    steps,
    threads,
    engineThreads,
    ...projection,
  };
}

export function projectionText(planned: PlannedCost, strong: (text: string) => string): string {
  const { request, projection } = planned;
  const { study, preset, scale, runs, threads, engineThreads } = request;
  const rows = projection.arms.map(({ arm, run, ...cost }: ArmCost) => [
    `  ${arm}`,
    `${showMs(cost.perStep)} ms`,
    `${showMs(cost.perEvaluation)} ms`,
    `${showMs(cost.perObservation)} ms`,
    showSeconds(run),
  ]);
  const heading = ["  arm", "step", "evaluation", "observation", "one run"];
  return [
    strong(`${study.id}, preset ${preset}`),
    textTable([heading, ...rows]),
    `  ${runs} runs of ${showCount(scale.steps)} steps${finishedText(planned)}, ${threads} at a time, ${engineThreads} ${engineThreads === 1 ? "thread" : "threads"} each: about ${showSeconds(secondsLeft(planned))}`,
  ].join("\n");
}

/** Of the projected seconds, those of runs not finished yet, taken as equally long. */
export function secondsLeft({ request, projection, finished }: PlannedCost): number {
  return projection.seconds * (1 - finished / request.runs);
}

function finishedText({ finished }: PlannedCost): string {
  return finished === 0 ? "" : ` (${finished} are there already)`;
}

function showMs(seconds: number): string {
  return (seconds * 1000).toPrecision(3);
}
