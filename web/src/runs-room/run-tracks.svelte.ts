import type { Series } from "../charts/index.ts";
import { emptyCurve, followRun, type ListedRun, type RunCurve } from "./runs-source.ts";

/** A browser keeps six connections to one server open: those that follow live runs leave one free. */
export const MOST_RUNS = 5;

/** The runs that are compared, each followed while it goes on. */
export interface RunTracks {
  readonly chosen: readonly string[];
  toggle(id: string): void;
  colorOf(id: string): string;
  series(
    runs: readonly ListedRun[],
    of: "test" | "training",
    metric: "loss" | "accuracy",
  ): readonly Series[];
  isLive(id: string): boolean;
  close(): void;
}

export function runTracks(): RunTracks {
  let chosen = $state.raw<readonly string[]>([]);
  let curves = $state.raw<ReadonlyMap<string, RunCurve>>(new Map());
  const stops = new Map<string, () => void>();

  function toggle(id: string): void {
    if (stops.has(id)) {
      stops.get(id)!();
      stops.delete(id);
      chosen = chosen.filter((other) => other !== id);
      return;
    }
    if (chosen.length >= MOST_RUNS) return;
    chosen = [...chosen, id];
    stops.set(
      id,
      followRun(id, (curve) => (curves = new Map([...curves, [id, curve]]))),
    );
  }

  const colorOf = (id: string): string => `var(--arm-${Math.max(0, chosen.indexOf(id))})`;

  return {
    get chosen() {
      return chosen;
    },
    toggle,
    colorOf,
    series: (runs, of, metric) =>
      chosen.map((id) => {
        const run = runs.find((other) => other.id === id);
        const curve = curves.get(id) ?? emptyCurve;
        return {
          label: run === undefined ? id : `${run.arm}, seed ${run.seed}`,
          color: colorOf(id),
          points: curve[of].flatMap((point) => {
            const y = point[metric];
            return y === null ? [] : [{ x: point.step, y }];
          }),
        };
      }),
    isLive: (id) => curves.get(id)?.live ?? false,
    close() {
      for (const stop of stops.values()) stop();
      stops.clear();
    },
  };
}
