/** What happened in one run, gathered from its events. Plain data. */
import type { TrainEvent } from "../train/events.ts";

export interface EvaluationPoint {
  readonly step: number;
  /** Mean loss per example. */
  readonly loss: number;
  /** Share classified correctly, in [0, 1]; null when the task has no classes. */
  readonly accuracy: number | null;
}

/** A probe's observations: `values.p50[i]` was seen after step `steps[i]`. */
export interface ProbeSeries {
  readonly unit: string;
  readonly steps: readonly number[];
  readonly values: Readonly<Record<string, readonly (readonly number[] | number)[]>>;
}

export interface RunRecord {
  readonly arm: string;
  readonly seed: number;
  /** Updates done. */
  readonly step: number;
  readonly outcome: "finished" | "diverged" | "aborted";
  /** Where and how it diverged; null if it did not. */
  readonly divergence: {
    readonly step: number;
    readonly loss: string;
    readonly layer: string | null;
  } | null;
  /** Test-set evaluations, by step. */
  readonly curve: readonly EvaluationPoint[];
  readonly probes: Readonly<Record<string, ProbeSeries>>;
}

/**
 * Gathers events into a record. A run that was killed has said some things twice: a `start` at
 * step k takes back everything said of later steps, and of two reports on one step the last holds.
 */
export function recordRun(arm: string, seed: number, events: Iterable<TrainEvent>): RunRecord {
  const curve = new Map<number, EvaluationPoint>();
  const probes = new Map<string, { unit: string; seen: Map<number, ProbeEvent["values"]> }>();
  let step = 0;
  let outcome: RunRecord["outcome"] = "aborted";
  let divergence: RunRecord["divergence"] = null;
  for (const event of events) {
    step = event.type === "start" ? event.step : Math.max(step, event.step);
    if (event.type === "start") {
      outcome = "aborted";
      divergence = null;
      for (const map of [curve, ...[...probes.values()].map(({ seen }) => seen)]) {
        for (const seen of map.keys()) if (seen > event.step) map.delete(seen);
      }
    } else if (event.type === "evaluation" && event.split === "test") {
      const { loss, accuracy } = event.result;
      curve.set(event.step, { step: event.step, loss, accuracy });
    } else if (event.type === "probe") {
      const probe = probes.get(event.probe) ?? { unit: event.unit, seen: new Map() };
      probe.seen.set(event.step, event.values);
      probes.set(event.probe, probe);
    } else if (event.type === "diverged") {
      divergence = { step: event.step, loss: event.loss, layer: event.layer };
    } else if (event.type === "done") {
      // A run that its own rule ended early is over, not broken off.
      outcome = event.outcome === "stopped" ? "finished" : event.outcome;
    }
  }
  return {
    arm,
    seed,
    step,
    outcome,
    divergence,
    curve: sortedByStep(curve).map(([, point]) => point),
    probes: Object.fromEntries(
      [...probes].map(([name, { unit, seen }]) => [name, seriesOf(unit, seen)]),
    ),
  };
}

type ProbeEvent = Extract<TrainEvent, { readonly type: "probe" }>;

function seriesOf(unit: string, seen: ReadonlyMap<number, ProbeEvent["values"]>): ProbeSeries {
  const rows = sortedByStep(seen);
  const names = Object.keys(rows[0]?.[1] ?? {});
  return {
    unit,
    steps: rows.map(([step]) => step),
    values: Object.fromEntries(names.map((name) => [name, rows.map(([, row]) => row[name]!)])),
  };
}

function sortedByStep<T>(map: ReadonlyMap<number, T>): [number, T][] {
  return [...map].toSorted(([a], [b]) => a - b);
}

/** Test accuracy after the last evaluation; null without one. */
export function finalAccuracy({ curve }: RunRecord): number | null {
  return curve.at(-1)?.accuracy ?? null;
}

/**
 * Steps until test accuracy is first at or above `target`, at the evaluations' resolution. A run
 * that never gets there counts as `giveUpAt`: no earlier than that, so a lower bound.
 */
export function stepsToAccuracy(
  { curve }: RunRecord,
  { target, giveUpAt }: { readonly target: number; readonly giveUpAt: number },
): number {
  return curve.find(({ accuracy }) => accuracy !== null && accuracy >= target)?.step ?? giveUpAt;
}
