/** The vocabulary of studies: what protocols and verdicts are made of. Plain data. */
import { OptionError } from "../base/errors.ts";
import type { PairedGap } from "./statistics.ts";

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
  /** The study's own sizes by name, such as `width` or `examples`: positive integers. */
  readonly sizes?: Readonly<Record<string, number>>;
}

/** A scale's size of that name. Errors: OptionError if the study's presets do not state it. */
export function sizeNamed({ sizes = {} }: Scale, name: string): number {
  const size = sizes[name];
  if (size !== undefined) return size;
  throw new OptionError(
    `sizeNamed: the scale must have the size "${name}", got ${Object.keys(sizes).join(", ") || "none"}`,
  );
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
  /** What the numbers are of, in words: `without − with batch normalization`, `with dropout`. */
  readonly difference: string;
  readonly gap: PairedGap;
  /** What `gap` is made of, if not of paired differences: one arm's values, or each run's error. */
  readonly of?: "values" | "errors";
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

/** Throws OptionError unless every number of a scale is a positive integer. */
export function checkScale(scale: Scale, who: string): void {
  const { sizes = {}, ...counts } = scale;
  for (const [name, value] of [...Object.entries(counts), ...Object.entries(sizes)]) {
    if (!(Number.isSafeInteger(value) && value >= 1)) {
      throw new OptionError(`${who}: ${name} must be a positive integer, got ${value}`);
    }
  }
}
