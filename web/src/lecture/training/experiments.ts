/** The chapters' experiments by name; each is loaded when it is run. */
import type { Experiment } from "./experiment.ts";

export const experiments = {
  thinned: async () => (await import("../thinned/thinned-experiment.ts")).thinnedExperiment,
  averaging: async () => (await import("../averaging/averaging-experiment.ts")).averagingExperiment,
  statistics: async () =>
    (await import("../statistics/statistics-experiment.ts")).statisticsExperiment,
  drift: async () => (await import("../drift/drift-experiment.ts")).driftExperiment,
  rates: async () => (await import("../rates/rates-experiment.ts")).ratesExperiment,
  shift: async () => (await import("../shift/shift-experiment.ts")).shiftExperiment,
  landscape: async () => (await import("../landscape/landscape-experiment.ts")).landscapeExperiment,
  depth: async () => (await import("../depth/depth-experiment.ts")).depthExperiment,
} as const;

export type ExperimentId = keyof typeof experiments;
type Loaded<Id extends ExperimentId> = Awaited<ReturnType<(typeof experiments)[Id]>>;
export type SettingsOf<Id extends ExperimentId> =
  Loaded<Id> extends Experiment<infer Settings, infer _> ? Settings : never;
export type UpdateOf<Id extends ExperimentId> =
  Loaded<Id> extends Experiment<infer _, infer Update> ? Update : never;
