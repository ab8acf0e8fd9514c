import type { ProbeEvent, TrainEvent } from "../train/events.ts";

/** One thing measured: a probe's name, its unit, and values by name. */
export type Measurement = Pick<ProbeEvent, "probe" | "unit" | "values">;

export interface MeasurementsOptions {
  /** How often `measure` is asked. */
  readonly steps: number;
  /** The backend's description. */
  readonly backend: string;
  readonly signal?: AbortSignal;
}

/**
 * A run that measures and does not train, as the events that a study's `train` gives: `measure(1)`
 * to `measure(steps)`, each one step. Aborted, it ends before the next; it is not resumed, but
 * measured anew.
 */
export async function* measurements(
  { steps, backend, signal }: MeasurementsOptions,
  measure: (step: number) => Promise<readonly Measurement[]> | readonly Measurement[],
): AsyncGenerator<TrainEvent, void, undefined> {
  const started = performance.now();
  yield { type: "start", step: 0, steps, stepsPerEpoch: steps, backend };
  let done = 0;
  for (let step = 1; step <= steps; step++) {
    if (signal?.aborted === true) break;
    for (const measurement of await measure(step)) yield { type: "probe", step, ...measurement };
    done = step;
  }
  const seconds = (performance.now() - started) / 1000;
  yield { type: "done", step: done, seconds, outcome: done < steps ? "aborted" : "finished" };
}
