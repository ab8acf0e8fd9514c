import type { MemberTree, Module } from "../nn/index.ts";
import type { Session } from "../run/backend.ts";

/** What an observer is handed once, before the first step. */
export interface ObserverSite {
  readonly model: Module;
  /** The names and slots of the model that is training. */
  readonly tree: MemberTree;
  /** Where it trains. An observer compiles programs here and reads slots; it writes nothing. */
  readonly session: Session;
}

/**
 * Looks at a model while it trains, by programs of its own: training with it and without it is
 * bitwise the same.
 */
export interface Observer {
  /** Unique within a run. */
  readonly name: string;
  /** What one unit of every value is. */
  readonly unit: string;
  /** Steps between observations; there is one before the first step and one after the last. */
  readonly every: number;
  /** How the layers behave while it looks, in words; its events carry it. */
  readonly mode?: string;
  /** Compiles what it needs and returns the observation, a function of the updates done so far. */
  prepare(
    site: ObserverSite,
  ): Promise<(step: number) => Readonly<Record<string, readonly number[] | number>>>;
}
