import {
  finalAccuracy,
  type InterventionCheck,
  type Measure,
  type ProbeSeries,
  type RunRecord,
  type RunResult,
} from "../../experiments/index.ts";
import { armId } from "./arms.ts";
import { depths } from "./model.ts";

export type DeepMeasure =
  | "training-loss"
  | "final-accuracy"
  | "largest-variance"
  | "smallest-variance"
  | "largest-mean";

/** Names of the probes. */
export const TRAINING_LOSS = "training-loss";
export const LAYERS = "layers";

/** The domain of theorem 1: where mean and variance of a unit are drawn to a fixed point. */
export const DOMAIN = { mean: 0.1, low: 0.8, high: 1.5 } as const;

type Column = "mean" | "unitVariance";

const overTraining =
  "over all hidden layers and all observations of the run, from before the first step on";

function extreme(
  label: string,
  definition: string,
  of: (probes: RunRecord["probes"]) => number[],
  pick: typeof Math.max,
): Measure {
  return {
    label,
    unit: "",
    definition,
    digits: 3,
    of({ outcome, probes }) {
      const values = outcome === "finished" ? of(probes) : [];
      return { value: values.length === 0 ? null : pick(...values), atLeast: false };
    },
  };
}

export const measures: Readonly<Record<DeepMeasure, Measure>> = {
  "training-loss": {
    label: "Training loss at the end",
    unit: "nats",
    definition:
      "Mean cross-entropy over the first 2,560 training examples after the last step, in batches of 128, batch normalization using each batch’s own statistics as in training; no dropout.",
    digits: 4,
    of: ({ outcome, probes }) => ({
      value: outcome === "finished" ? lastOf(probes[TRAINING_LOSS]) : null,
      atLeast: false,
    }),
  },
  "final-accuracy": {
    label: "Final test accuracy",
    unit: "%",
    definition:
      "Share of the test digits looked at that are classified correctly after the last step; batch normalization uses its running statistics.",
    digits: 2,
    of: (record) => ({
      value: record.outcome === "finished" ? finalAccuracy(record) : null,
      atLeast: false,
    }),
  },
  "largest-variance": extreme(
    "Largest variance of a layer",
    `The variance of a unit’s output over examples, averaged over a hidden layer’s units; the largest ${overTraining}.`,
    (probes) => valuesOf(probes[LAYERS], "unitVariance"),
    Math.max,
  ),
  "smallest-variance": extreme(
    "Smallest variance of a layer",
    `The variance of a unit’s output over examples, averaged over a hidden layer’s units; the smallest ${overTraining}.`,
    (probes) => valuesOf(probes[LAYERS], "unitVariance"),
    Math.min,
  ),
  "largest-mean": extreme(
    "Largest mean of a layer, either sign",
    `The mean of a hidden layer’s outputs over units and examples, without its sign; the largest ${overTraining}.`,
    (probes) => valuesOf(probes[LAYERS], "mean").map(Math.abs),
    Math.max,
  ),
};

function lastOf(series: ProbeSeries | undefined): number | null {
  const last = series?.values["loss"]?.at(-1);
  return typeof last === "number" ? last : null;
}

/** All numbers of one kind, of all layers and observations. */
function valuesOf(series: ProbeSeries | undefined, column: Column): number[] {
  return (series?.values[column] ?? []).flat();
}

/** Furthest from 0 and 1 that still counts as normalized, and the least that counts as not. */
const NORMALIZED_BELOW = 0.02;
const LOOSE_ABOVE = 0.02;

/**
 * Before training, every layer behind batch normalization must have mean 0 and variance 1, no layer
 * of a SELU net exactly so; and dropout must have changed how the SELU nets train.
 */
export function checkDeepNets(runs: readonly RunResult[]): InterventionCheck {
  const errors = (kind: "bn" | "snn"): number[] =>
    depths.flatMap((depth) =>
      runs
        .filter(({ arm }) => arm === armId({ kind, depth }))
        .map(({ probes }) => {
          const first = (column: Column): readonly number[] =>
            [probes[LAYERS]?.values[column]?.[0] ?? NaN].flat();
          const off = [...first("mean"), ...first("unitVariance").map((variance) => variance - 1)];
          return Math.max(...off.map(Math.abs));
        }),
    );
  const [normalized, loose] = [errors("bn"), errors("snn")];
  const worst = normalized.length === 0 ? NaN : Math.max(...normalized);
  const least = loose.length === 0 ? NaN : Math.min(...loose);
  const same = dropoutTwins(runs);
  return {
    passed: worst <= NORMALIZED_BELOW && least >= LOOSE_ABOVE && same === 0,
    because:
      `before training, no layer behind batch normalization was further than ${worst.toPrecision(2)} from mean 0 and variance 1 (allowed: ${NORMALIZED_BELOW}); ` +
      `the furthest layer of every SELU net was at least ${least.toPrecision(2)} away (needed: ${LOOSE_ABOVE}); ` +
      `${same} SELU nets ended the same with and without dropout (allowed: 0)`,
  };
}

function dropoutTwins(runs: readonly RunResult[]): number {
  const lossOf = (arm: string, seed: number): number | null =>
    lastOf(runs.find((run) => run.arm === arm && run.seed === seed)?.probes[TRAINING_LOSS]);
  return runs.filter(({ arm, seed }) =>
    depths.some((depth) => {
      if (arm !== armId({ kind: "snn", depth })) return false;
      const [without, dropped] = [
        lossOf(arm, seed),
        lossOf(armId({ kind: "snn-dropout", depth }), seed),
      ];
      return without !== null && without === dropped;
    }),
  ).length;
}
