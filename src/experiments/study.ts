/**
 * A study is a value: a published claim, the protocol that tests it, what is measured, and the
 * verdict, a pure function written before the run.
 */
import { OptionError } from "../base/errors.ts";
import type { Dataset } from "../data/index.ts";
import type { Backend } from "../run/backend.ts";
import type { TrainEvent } from "../train/events.ts";
import type { Figure } from "./report/figure.ts";
import type { Formula } from "./report/formulas.ts";
import type { RunRecord } from "./run-record.ts";
import {
  checkScale,
  type Arm,
  type InterventionCheck,
  type Measured,
  type PresetName,
  type Scale,
  type StudySource,
  type Verdict,
} from "./study-parts.ts";
import type { MeasureSummary, RunResult, StudyResult } from "./study-result.ts";

/** What is computed from each run's record, one number per run. */
export interface Measure {
  readonly label: string;
  readonly unit: string;
  /** How it is defined, in a sentence. */
  readonly definition: string;
  /** Digits after the point in tables; of the number times 100 for `unit: "%"`. */
  readonly digits: number;
  /** `scientific` prints 3.0·10⁻⁷, with `digits` after the point. Default *plain numbers*. */
  readonly notation?: "scientific";
  of(record: RunRecord, scale: Scale): Measured;
}

/** All a run needs from outside, handed to a study's `train`. */
export interface RunSetup<Arms extends string = string> {
  readonly arm: Arms;
  readonly seed: number;
  readonly scale: Scale;
  readonly data: Dataset;
  readonly backend: Backend;
  /** A checkpoint's bytes to go on from, as `saveCheckpoint` got them. */
  readonly resume?: Uint8Array;
  saveCheckpoint(step: number, bytes: Uint8Array): Promise<void>;
  readonly signal?: AbortSignal;
}

/** What a study trains on: a data set of the catalog with its loader's options, or one it makes. */
export type StudyData =
  | { readonly name: string; readonly options: Readonly<Record<string, unknown>> }
  | { readonly name: string; generate(): Promise<Dataset> };

export interface Study<Arms extends string = string, Measures extends string = string> {
  readonly id: string;
  /** Raised when a change to the study makes earlier runs incomparable: part of every run's id. */
  readonly revision: number;
  readonly title: string;
  /** What is asked, in one sentence ending in a question mark. */
  readonly question: string;
  readonly claim: string;
  readonly source: StudySource;
  readonly data: StudyData;
  readonly protocol: {
    readonly arms: readonly Arm<Arms>[];
    /** What all arms share, by name. */
    readonly held: Readonly<Record<string, string>>;
    /** What differs from the paper, or is not stated there, each in a sentence. */
    readonly differs: readonly string[];
    readonly presets: Readonly<Record<PresetName, Scale>>;
  };
  readonly measures: Readonly<Record<Measures, Measure>>;
  /** Runs one arm with one seed. */
  train(setup: RunSetup<Arms>): AsyncIterable<TrainEvent>;
  check(runs: readonly RunResult[]): InterventionCheck;
  /** What the study tests or measures, as formulas for the report. Default *none*. */
  readonly formulas?: readonly Formula[];
  /** The rule, in words, as it was fixed before the run. */
  readonly rule: string;
  verdict(measures: Readonly<Record<Measures, MeasureSummary>>, check: InterventionCheck): Verdict;
  /** Is time what is measured? Then one run at a time, with one thread. Default false. */
  readonly timed?: boolean;
  /** The series of a probe that the results keep for figures; the whole is in events.jsonl. */
  keep?(record: RunRecord): RunRecord["probes"];
  /** Drawn with `document`, a browser's or one that a library makes. */
  figures(result: StudyResult, document: Document): readonly Figure[];
}

const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/**
 * Checks a study's own consistency and freezes it.
 *
 * Errors: OptionError for an id that is not kebab-case, no arm or two with one id,
 *         a question without its mark, or a preset whose numbers are not positive integers.
 */
export function defineStudy<Arms extends string, Measures extends string>(
  study: Study<Arms, Measures>,
): Study<Arms, Measures> {
  const { id, question, protocol } = study;
  const refuse = (rule: string, value: unknown): never => {
    throw new OptionError(`defineStudy: ${rule}, got ${String(value)} (study "${id}")`);
  };
  const ids = protocol.arms.map((arm) => arm.id);
  for (const name of [id, ...ids]) if (!KEBAB.test(name)) refuse("an id must be kebab-case", name);
  if (ids.length < 1) refuse("a study has at least one arm", ids.length);
  if (new Set(ids).size !== ids.length) refuse("arms must have distinct ids", ids.join(", "));
  if (!question.endsWith("?")) refuse("the question must end in a question mark", question);
  for (const [preset, scale] of Object.entries(protocol.presets)) {
    checkScale(scale, `defineStudy: preset ${preset} of study "${id}"`);
  }
  return Object.freeze(study);
}
