/** From runs to a study's result: measures per arm and seed, their intervals, check, verdict. */
import type { EvaluationPoint, RunRecord } from "./run-record.ts";
import { meanInterval, type Interval, type PerSeed } from "./statistics.ts";
import type {
  Arm,
  InterventionCheck,
  Measured,
  PresetName,
  Scale,
  Study,
  StudySource,
  Verdict,
} from "./study.ts";

/** One run's numbers, as `result.json` keeps them. */
export interface RunResult {
  readonly id: string;
  readonly arm: string;
  readonly seed: number;
  readonly step: number;
  readonly outcome: RunRecord["outcome"];
  readonly divergence: RunRecord["divergence"];
  readonly measures: Readonly<Record<string, Measured>>;
  readonly curve: readonly EvaluationPoint[];
  /** Probe series kept for figures; all observations are in events.jsonl. */
  readonly probes: RunRecord["probes"];
  /** Backend that computed it, in words. */
  readonly backend: string;
  /** Wall time of the session that finished it, evaluation and probes included. */
  readonly seconds: number;
  /** Step of the checkpoint that session went on from; null if it began the run. */
  readonly resumedFrom: number | null;
}

export interface ArmSummary {
  readonly perSeed: PerSeed;
  readonly interval: Interval;
  /** Runs whose value is only a lower bound. */
  readonly atLeast: number;
}

export interface MeasureSummary {
  readonly label: string;
  readonly unit: string;
  readonly definition: string;
  readonly digits: number;
  readonly arms: Readonly<Record<string, ArmSummary>>;
}

/** Where, with what and at what cost the numbers came to be. */
export interface Provenance {
  /** The exact command that repeats the study. */
  readonly command: string;
  readonly backend: string;
  readonly version: string;
  /** Such as `node: v24.1.0`. */
  readonly environment: Readonly<Record<string, string>>;
  /** ISO 8601. */
  readonly date: string;
  /** Wall time of the study. */
  readonly seconds: number;
}

export interface StudyResult {
  readonly format: 1;
  readonly id: string;
  readonly study: string;
  readonly revision: number;
  readonly title: string;
  readonly question: string;
  readonly claim: string;
  readonly source: StudySource;
  readonly preset: PresetName;
  /** Options that differ from the preset's, by name; {} for the preset as it is. */
  readonly overrides: Readonly<Record<string, number>>;
  readonly scale: Scale;
  readonly seeds: readonly number[];
  readonly data: { readonly name: string; readonly hash: string };
  readonly protocol: {
    readonly arms: readonly Arm[];
    readonly held: Readonly<Record<string, string>>;
    readonly differs: readonly string[];
    readonly rule: string;
  };
  readonly verdict: Verdict;
  readonly check: InterventionCheck;
  readonly diverged: number;
  readonly measures: Readonly<Record<string, MeasureSummary>>;
  readonly runs: readonly RunResult[];
  readonly provenance: Provenance;
}

/** The measures of all runs, by arm and seed, with the mean's 95 % interval per arm. */
export function summarizeMeasures<Arms extends string, Measures extends string>(
  study: Study<Arms, Measures>,
  runs: readonly Pick<RunResult, "arm" | "seed" | "measures">[],
): Readonly<Record<Measures, MeasureSummary>> {
  const entries = Object.entries(study.measures) as [Measures, Study["measures"][string]][];
  return Object.fromEntries(
    entries.map(([name, { label, unit, definition, digits }]) => {
      const arms = study.protocol.arms.map(({ id }): [string, ArmSummary] => {
        const own = runs.filter(({ arm }) => arm === id);
        const measured = own.map(({ seed, measures }) => [seed, measures[name]!] as const);
        const values = measured.flatMap(([, { value }]) => (value === null ? [] : [value]));
        return [
          id,
          {
            perSeed: Object.fromEntries(measured.map(([seed, { value }]) => [String(seed), value])),
            interval: meanInterval(values),
            atLeast: measured.filter(([, { atLeast }]) => atLeast).length,
          },
        ];
      });
      return [name, { label, unit, definition, digits, arms: Object.fromEntries(arms) }];
    }),
  ) as Record<Measures, MeasureSummary>;
}

/** A record's measures, and what of it `result.json` keeps, rounded to what f32 can carry. */
export function resultOf(
  study: Study,
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
