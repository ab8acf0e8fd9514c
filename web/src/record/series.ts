/** A record's numbers as lines: the mean over seeds, and the band from the least to the largest. */
import type { Point } from "../charts/line-plot.ts";
import type { ProbeEvent } from "../engine/index.ts";
import type { RunRecord, TrainingRecord } from "./training-record.ts";

/** One number per moment of one run. */
type Track = ReadonlyMap<number, number>;

/** Moments that every run has reached, or none of the later ones of a run that ended early. */
function together(tracks: readonly Track[]): readonly Point[] {
  const moments = new Set(tracks.flatMap((track) => [...track.keys()]));
  const furthest = Math.min(...tracks.map((track) => Math.max(-1, ...track.keys())));
  return [...moments]
    .toSorted((a, b) => a - b)
    .flatMap((x): Point[] => {
      const values = tracks.flatMap((track) => track.get(x) ?? []);
      // While the runs take turns, the last moment belongs to the first ones only.
      if (values.length < tracks.length && x > furthest && tracks.length > 1) return [];
      const y = values.reduce((sum, value) => sum + value, 0) / values.length;
      if (values.length < 2) return [{ x, y }];
      return [{ x, y, low: Math.min(...values), high: Math.max(...values) }];
    });
}

function runsOf(record: TrainingRecord, arm: number): readonly RunRecord[] {
  return record.runs.filter((run) => run.arm === arm);
}

/** Of the batches before their updates, averaged over stretches of steps. */
export function stepSeries(
  record: TrainingRecord,
  arm: number,
  metric: "loss" | "accuracy",
): readonly Point[] {
  const tracks = runsOf(record, arm).map(
    ({ stretches }): Track =>
      new Map(
        stretches[metric].flatMap((value, i): [number, number][] =>
          value === null ? [] : [[(i + 1) * record.stretch, value]],
        ),
      ),
  );
  return together(tracks);
}

export function evaluationSeries(
  record: TrainingRecord,
  arm: number,
  metric: "loss" | "accuracy",
  split: "train" | "test" = "test",
): readonly Point[] {
  const tracks = runsOf(record, arm).map(
    ({ evaluations }): Track =>
      new Map(
        evaluations.flatMap((event): [number, number][] => {
          const value = event[metric];
          return event.split !== split || value === null ? [] : [[event.step, value]];
        }),
      ),
  );
  return together(tracks);
}

/** One number of every observation of a probe: `value`, or its element `at`. */
export function probeSeries(
  record: TrainingRecord,
  arm: number,
  probe: string,
  value: string,
  at = 0,
): readonly Point[] {
  const tracks = runsOf(record, arm).map(
    ({ probes }): Track =>
      new Map(
        (probes.get(probe) ?? []).flatMap((event): [number, number][] => {
          const found = numberIn(event, value, at);
          return found === undefined ? [] : [[event.step, found]];
        }),
      ),
  );
  return together(tracks);
}

function numberIn({ values }: ProbeEvent, name: string, at: number): number | undefined {
  const found = values[name];
  return typeof found === "object" ? found[at] : found;
}

/** The last observation of a probe in the arm's first seed. */
export function lastProbe(record: TrainingRecord, arm: number, probe: string): ProbeEvent | null {
  return runsOf(record, arm)[0]?.probes.get(probe)?.at(-1) ?? null;
}
