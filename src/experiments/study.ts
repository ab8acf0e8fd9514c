/**
 * A study is a value: a published claim, the protocol that tests it, what is measured, and the
 * verdict, a pure function written before the run.
 */
import { OptionError } from "../base/errors.ts";
import type { Dataset } from "../data/index.ts";
import type { Backend } from "../run/backend.ts";
import type { TrainEvent } from "../train/events.ts";
import type { Figure } from "./report/figure.ts";
import type { RunRecord } from "./run-record.ts";
import type { PairedGap } from "./statistics.ts";
import type { MeasureSummary, RunResult, StudyResult } from "./summary.ts";

export type PresetName = "quick" | "standard" | "paper";

/** How large a study is run. */
export interface Scale {
  /** Updates per run. */
  readonly steps: number;
  /** Paired seeds: every arm is run once with each. */
  readonly seeds: number;
  /** Steps between evaluations on the test set. */
  readonly evaluateEvery: number;
  /** Steps between a probe's observations. */
  readonly observeEvery: number;
  /** Steps between checkpoints. */
  readonly checkpointEvery: number;
}

/** One of the things compared. */
export interface Arm<Id extends string = string> {
  readonly id: Id;
  /** For tables: `with batch normalization`. */
  readonly label: string;
  /** For the ends of lines in plots: `with`. */
  readonly short: string;
  /** What it is, in a sentence. */
  readonly description: string;
}

export interface StudySource {
  readonly authors: string;
  readonly year: number;
  readonly title: string;
  /** Such as `section 4.1, figure 1`. */
  readonly place: string;
  /** Such as `arXiv:1502.03167`. */
  readonly id: string;
}

/** What is computed from each run's record, one number per run. */
export interface Measure {
  readonly label: string;
  readonly unit: string;
  /** How it is defined, in a sentence. */
  readonly definition: string;
  /** Digits after the point in tables; of the number times 100 for `unit: "%"`. */
  readonly digits: number;
  of(record: RunRecord, scale: Scale): Measured;
}

export interface Measured {
  /** Null if the run has none: it diverged before there was one. */
  readonly value: number | null;
  /** Is `value` a lower bound only, because the run never got there? */
  readonly atLeast: boolean;
}

export type Outcome = "supports" | "contradicts" | "undecided";

/** One part of the claim and what the numbers say of it. */
export interface Finding {
  readonly claim: string;
  readonly outcome: Outcome;
  /** What the interval says, in words, with n. */
  readonly because: string;
  /** Id of the measure it rests on. */
  readonly measure: string;
  /** What was subtracted from what, in words: `without − with batch normalization`. */
  readonly difference: string;
  readonly gap: PairedGap;
}

export interface Verdict {
  readonly outcome: Outcome;
  readonly because: string;
  readonly findings: readonly Finding[];
}

/** Did the intervention do what it should? Asked before anything else. */
export interface InterventionCheck {
  readonly passed: boolean;
  readonly because: string;
}

/** All a run needs from outside, handed to a study's `train`. */
export interface RunSetup<Arm extends string = string> {
  readonly arm: Arm;
  readonly seed: number;
  readonly scale: Scale;
  readonly data: Dataset;
  readonly backend: Backend;
  /** A checkpoint's bytes to go on from, as `saveCheckpoint` got them. */
  readonly resume?: Uint8Array;
  saveCheckpoint(step: number, bytes: Uint8Array): Promise<void>;
  readonly signal?: AbortSignal;
}

export interface Study<Arms extends string = string, Measures extends string = string> {
  readonly id: string;
  /** Raised when a change to the study makes earlier runs incomparable: part of every run's id. */
  readonly revision: number;
  readonly title: string;
  /** What is asked, in one sentence ending in a question mark. */
  readonly question: string;
  readonly claim: string;
  readonly source: StudySource;
  /** The data set's name in the catalog, and the options to load it with. */
  readonly data: { readonly name: string; readonly options: Readonly<Record<string, number>> };
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
  /** The rule, in words, as it was fixed before the run. */
  readonly rule: string;
  verdict(measures: Readonly<Record<Measures, MeasureSummary>>, check: InterventionCheck): Verdict;
  /** The series of a probe that the results keep for figures; the whole is in events.jsonl. */
  keep?(record: RunRecord): RunRecord["probes"];
  /** Drawn with `document`, a browser's or one that a library makes. */
  figures(result: StudyResult, document: Document): readonly Figure[];
}

const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/**
 * Checks a study's own consistency and freezes it.
 *
 * Errors: OptionError for an id that is not kebab-case, fewer than two arms or two with one id,
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
  if (ids.length < 2) refuse("a study compares at least two arms", ids.length);
  if (new Set(ids).size !== ids.length) refuse("arms must have distinct ids", ids.join(", "));
  if (!question.endsWith("?")) refuse("the question must end in a question mark", question);
  for (const [preset, scale] of Object.entries(protocol.presets)) {
    checkScale(scale, `defineStudy: preset ${preset} of study "${id}"`);
  }
  return Object.freeze(study);
}

/** Throws OptionError unless every number of a scale is a positive integer. */
export function checkScale(scale: Scale, who: string): void {
  for (const [name, value] of Object.entries(scale) as [string, number][]) {
    if (!(Number.isSafeInteger(value) && value >= 1)) {
      throw new OptionError(`${who}: ${name} must be a positive integer, got ${value}`);
    }
  }
}
