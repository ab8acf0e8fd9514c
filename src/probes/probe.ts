/**
 * A probe measures a model while it trains, from outside: it is a program of its own that reads
 * the session's slots and writes none, so training with it and without it is bitwise the same.
 */
import type { MemberTree, Module } from "../nn/index.ts";
import type { Session } from "../run/backend.ts";

/** What a probe is handed once, before the first step. */
export interface ProbeSite {
  readonly model: Module;
  /** The names and slots of the model that is training. */
  readonly tree: MemberTree;
  /** Where it trains; a probe compiles its program here and reads slots, and writes nothing. */
  readonly session: Session;
}

/**
 * One observation, by name. A list has one number for each of what the probe says: the units of a
 * layer, step sizes, layers. All numbers are finite, so that they survive JSON.
 */
export type ProbeValues = Readonly<Record<string, readonly number[] | number>>;

export interface Probe {
  /** Unique within a run, such as `sigmoid-input`. */
  readonly name: string;
  /** What one unit of every value is; by name, `loss: nats; cosine: 1`, if they differ. */
  readonly unit: string;
  /** Steps between observations; there is one before the first step and one after the last. */
  readonly every: number;
  /** How the layers behave while it looks, in words for a report. */
  readonly mode: string;
  /** Compiles what it needs and returns the observation, a function of the updates done so far. */
  prepare(site: ProbeSite): Promise<(step: number) => ProbeValues>;
}
