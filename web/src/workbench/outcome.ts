import type { ChartMoment } from "../charts/index.ts";
import type { Change } from "../engine/index.ts";
import type { RunRecord, TrainingRecord } from "../record/training-record.ts";

/** What became of a run, in a sentence. */
export function outcomeText({ spec }: TrainingRecord, run: RunRecord): string {
  const who = `${spec.arms[run.arm]?.name ?? ""}${spec.seeds.length > 1 ? `, seed ${run.seed}` : ""}`;
  if (run.diverged !== null) {
    const { step, loss, layer } = run.diverged;
    const where = layer === null ? "in the loss itself" : `first in the output of layer ${layer}`;
    return `${who} diverged at step ${step}: the loss is ${loss}, ${where}. The run ended before that step.`;
  }
  if (run.done === null) return `${who}: at step ${run.step}`;
  return `${who}: ${run.done.outcome} after ${run.done.step} steps`;
}

/** Changes as marks on the charts. */
export function momentsOf({ changes }: TrainingRecord): readonly ChartMoment[] {
  return changes.map((change) => ({ x: change.step, label: changeText(change) }));
}

function changeText({ learningRate, dropoutRate }: Change): string {
  const parts = [
    ...(learningRate === undefined ? [] : [`rate ${learningRate}`]),
    ...(dropoutRate === undefined ? [] : [`dropout ${dropoutRate}`]),
  ];
  return parts.join(", ");
}
