import type { RunRecord } from "./run-record.ts";
import type { Scale } from "./study-parts.ts";
import type { Runnable } from "./runnable.ts";
import type { RunResult } from "./study-result.ts";

/** A record's measures, and what of it `result.json` keeps, rounded to what f32 can carry. */
export function resultOf(
  study: Runnable,
  record: RunRecord,
  scale: Scale,
): Omit<RunResult, "id" | "backend" | "seconds" | "resumedFrom"> {
  const { arm, seed, step, outcome, divergence, curve } = record;
  const measures = Object.entries(study.measures).map(
    ([name, measure]) => [name, measure.of(record, scale)] as const,
  );
  return {
    arm,
    seed,
    step,
    outcome,
    divergence,
    measures: Object.fromEntries(measures),
    curve: curve.map((point) => ({ ...point, loss: sixDigits(point.loss) })),
    probes: roundProbes(study.keep?.(record) ?? {}),
  };
}

function roundProbes(probes: RunRecord["probes"]): RunRecord["probes"] {
  const round = (value: readonly number[] | number): readonly number[] | number =>
    typeof value === "number" ? sixDigits(value) : value.map(sixDigits);
  return Object.fromEntries(
    Object.entries(probes).map(([name, series]) => {
      const values = Object.entries(series.values).map(
        ([key, seen]) => [key, seen.map(round)] as const,
      );
      return [name, { ...series, values: Object.fromEntries(values) }];
    }),
  );
}

function sixDigits(value: number): number {
  return Number(value.toPrecision(6));
}
