import { DataError } from "../base/errors.ts";
import type { EvaluationEvent } from "./events.ts";

/** Numbers by name, finite, so that they survive JSON. */
export type ControllerMemory = Readonly<Record<string, number>>;

/** What each controller of a run remembers, by its label. */
export type Memories = Readonly<Record<string, ControllerMemory>>;

/**
 * Steers a run by its evaluations: scales the learning rate, marks the best weights, ends the run.
 * What it remembers is part of every checkpoint, so a resumed run is steered as if it had never
 * stopped.
 */
export interface Controller {
  /** Unique within a run. */
  readonly label: string;
  /** Does it mark weights as the best so far, for the run to keep and to end with? */
  readonly keepsBest: boolean;
  /** The split whose evaluations it looks at, if only one's. */
  readonly watches?: "train" | "test";
  /** Takes the helm: with nothing to remember, or with what `remember` gave at a checkpoint. */
  begin(memory: ControllerMemory | null): Helm;
}

/** A controller at work in one run. */
export interface Helm {
  /** After an evaluation; true if its weights are the best so far. */
  see(event: EvaluationEvent): boolean;
  /** What the learning rate is to be multiplied with from the next step on. */
  rateFactor(): number;
  /** Why the run is to end before its last step; null if it is to go on. */
  stop(): string | null;
  remember(): ControllerMemory;
}

/** Errors: DataError unless the text is JSON of numbers by name by label. */
export function readMemories(text: string, where: string): Memories {
  const memories = parse(text, where);
  const isRecord = (value: unknown): value is object =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  const fits =
    isRecord(memories) &&
    Object.values(memories).every(
      (memory: unknown) => isRecord(memory) && Object.values(memory).every(Number.isFinite),
    );
  if (fits) return memories as Memories;
  throw new DataError(
    `${where}: metadata steering must be numbers by name by controller, got ${text}`,
  );
}

function parse(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new DataError(`${where}: metadata steering must be JSON, got ${text}`, { cause });
  }
}
