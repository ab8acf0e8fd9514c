/** What the workbench is set to: everything that decides the numbers, and nothing else. */
import type { ArmSpec, Change, DataSpec, TrainSpec, WatchSpec } from "../engine/index.ts";

export interface Plan {
  readonly data: DataSpec;
  readonly arms: readonly ArmSpec[];
  readonly batchSize: number;
  /** Updates of each arm. */
  readonly steps: number;
  /** The first seed; the others follow it. */
  readonly seed: number;
  /** How many seeds each arm is trained with. */
  readonly seeds: number;
  /** What is looked at. It costs time, and changes no number. */
  readonly watch: Watch;
  readonly changes: readonly Change[];
}

/** Nothing but losses; layers and gradients too; or the landscape as well. */
export type Watch = "little" | "layers" | "landscape";

/** About so many observations in a whole training. */
const OBSERVATIONS = 40;

/** The description that the worker trains. */
export function specOf(plan: Plan, threads: number): TrainSpec {
  const { data, arms, batchSize, steps, seed, seeds, watch, changes } = plan;
  const every = Math.max(1, Math.round(steps / OBSERVATIONS));
  const plane = data.name === "two-moons" || data.name === "gaussian-blobs";
  const kinds: WatchSpec["kind"][] = [
    ...(watch === "little" ? [] : (["activations", "units", "gradients"] as const)),
    ...(watch === "landscape" ? (["landscape"] as const) : []),
    ...(plane ? (["decision-map"] as const) : []),
  ];
  return {
    data,
    arms,
    seeds: Array.from({ length: seeds }, (_, i) => seed + i),
    batchSize,
    steps,
    evaluateEvery: every,
    watch: kinds.map((kind) => ({ kind, every })),
    changes,
    threads,
  };
}
