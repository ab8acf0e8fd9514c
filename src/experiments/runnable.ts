import type { TrainEvent } from "../train/events.ts";
import type { RunRecord } from "./run-record.ts";
import type { Measure, RunSetup } from "./study.ts";

/** What a run is carried out for: a study, or a comparison. */
export interface Runnable {
  readonly id: string;
  readonly revision: number;
  readonly protocol: { readonly arms: readonly { readonly id: string }[] };
  readonly measures: Readonly<Record<string, Measure>>;
  train(setup: RunSetup): AsyncIterable<TrainEvent>;
  keep?(record: RunRecord): RunRecord["probes"];
}
