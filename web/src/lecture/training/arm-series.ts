/** What the arms of an experiment have said so far, as series to draw. */
import { recordRun, type RunRecord } from "evenkeel/experiments";
import type { ArmEvent } from "./train-arms.ts";

export interface ArmSeries {
  readonly record: RunRecord;
  /** Mean loss of the reported steps' batches, before their updates. */
  readonly losses: readonly { readonly x: number; readonly y: number }[];
  /** Share of those batches classified correctly, before their updates. */
  readonly batchAccuracies: readonly { readonly x: number; readonly y: number }[];
  /** Share of the test examples classified correctly. */
  readonly accuracies: readonly { readonly x: number; readonly y: number }[];
}

export function armSeries(arm: string, seed: number, events: readonly ArmEvent[]): ArmSeries {
  const own = events.filter((said) => said.arm === arm).map(({ event }) => event);
  const record = recordRun(arm, seed, own);
  return {
    record,
    losses: own.flatMap((event) =>
      event.type === "step" && Number.isFinite(event.loss)
        ? [{ x: event.step, y: event.loss }]
        : [],
    ),
    batchAccuracies: own.flatMap((event) =>
      event.type === "step" && event.accuracy !== null
        ? [{ x: event.step, y: event.accuracy }]
        : [],
    ),
    accuracies: record.curve.flatMap(({ step, accuracy }) =>
      accuracy === null ? [] : [{ x: step, y: accuracy }],
    ),
  };
}

/** One number per observation of a probe, or one of its units. */
export function probeSeries(
  { record }: ArmSeries,
  probe: string,
  value: string,
  unit = 0,
): readonly { readonly x: number; readonly y: number }[] {
  const { steps = [], values = {} } = record.probes[probe] ?? {};
  return steps.map((step, i) => {
    const seen = values[value]?.[i];
    return { x: step, y: (typeof seen === "number" ? seen : seen?.[unit]) ?? Number.NaN };
  });
}
