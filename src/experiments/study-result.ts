/** What a study found, as `result.json` keeps it. Plain data. */
import type { Formula } from "./report/formulas.ts";
import type { EvaluationPoint, RunRecord } from "./run-record.ts";
import type { Interval, PerSeed } from "./statistics.ts";
import type {
  Arm,
  InterventionCheck,
  Measured,
  PresetName,
  Scale,
  StudySource,
  Verdict,
} from "./study-parts.ts";

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
  readonly notation?: "scientific";
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
  /** Runs that an earlier call had finished. */
  readonly reusedRuns: number;
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
  readonly formulas?: readonly Formula[];
  readonly verdict: Verdict;
  readonly check: InterventionCheck;
  readonly diverged: number;
  readonly measures: Readonly<Record<string, MeasureSummary>>;
  readonly runs: readonly RunResult[];
  readonly provenance: Provenance;
}
