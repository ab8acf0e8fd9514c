import type { Change } from "./protocol.ts";

/** What changes have made of one arm's settings, by the number of updates done. */
export interface Settings {
  /** Null while nothing changed it. */
  learningRate(step: number): number | null;
  /** Null while nothing changed it. */
  dropoutRate(step: number): number | null;
}

/** The last change that concerns the arm counts; changes are in the order of their steps. */
export function changesOf(changes: readonly Change[], arm: number): Settings {
  const latest = (step: number, field: "learningRate" | "dropoutRate"): number | null => {
    const last = changes.findLast(
      (change) =>
        change.step <= step &&
        (change.arm === undefined || change.arm === arm) &&
        change[field] !== undefined,
    );
    return last?.[field] ?? null;
  };
  return {
    learningRate: (step) => latest(step, "learningRate"),
    dropoutRate: (step) => latest(step, "dropoutRate"),
  };
}
