import {
  finalAccuracy,
  stepsToAccuracy,
  type InterventionCheck,
  type Measure,
  type ProbeSeries,
  type RunResult,
} from "../../experiments/index.ts";
import { medianRatio } from "../step-timing.ts";
import { armId, settings } from "./arms.ts";
import { nets, type Technique } from "./model.ts";

export type NormalizerMeasure = "steps-to-target" | "final-accuracy" | "step-cost" | "cosine";

const TARGET_ACCURACY = 0.95;

/** Names of the probes. */
export const SETS = "normalized-sets";
export const LANDSCAPE = "landscape";
export const COST = "step-cost";

export const measures: Readonly<Record<NormalizerMeasure, Measure>> = {
  "steps-to-target": {
    label: "Steps to 95 % test accuracy",
    unit: "steps",
    definition:
      "First evaluation at which test accuracy is at or above 95 %, so no finer than the steps between evaluations. A run that never gets there counts as all its steps, a lower bound.",
    digits: 0,
    of(record, { steps }) {
      const value = stepsToAccuracy(record, { target: TARGET_ACCURACY, giveUpAt: steps });
      const reached = record.curve.some(({ accuracy }) => (accuracy ?? 0) >= TARGET_ACCURACY);
      return { value, atLeast: !reached };
    },
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
  "step-cost": {
    label: "Time of a training step",
    unit: "× the net without",
    definition:
      "Milliseconds per training step (forward, backward, update) divided by those of the same net without normalization, timed in alternating rounds before the run; the median over the rounds. Optimizer, batch and first weights as in the run. Timed while another run keeps another core busy.",
    digits: 2,
    of: ({ probes }) => ({ value: costOf(probes[COST]), atLeast: false }),
  },
  cosine: {
    label: "Gradient predictiveness",
    unit: "cosine",
    definition:
      "Cosine of a training batch’s gradient and its gradient half, one, two and four learning rates further along it (downhill, the same batch), the mean over these and over all observations of the run: near 1 where the loss is smooth at the scale of the steps taken.",
    digits: 3,
    of: ({ outcome, probes }) => ({
      value: outcome === "finished" ? meanCosine(probes[LANDSCAPE]) : null,
      atLeast: false,
    }),
  },
};

function costOf(series: ProbeSeries | undefined): number | null {
  const { milliseconds: [own] = [], without: [without] = [] } = series?.values ?? {};
  if (!Array.isArray(own) || !Array.isArray(without)) return null;
  return medianRatio(own as readonly number[], without as readonly number[]);
}

export function meanCosine(series: ProbeSeries | undefined): number | null {
  const cosines = (series?.values["cosines"] ?? []).flat();
  if (cosines.length === 0) return null;
  return cosines.reduce((sum, cosine) => sum + cosine, 0) / cosines.length;
}

/** Median distance from normalized that still counts as none, and the least that counts as some. */
const NORMALIZED_BELOW = 0.02;
const LOOSE_ABOVE = 0.1;
/** Has no sets of its own: what is said of them is of the activation. */
const ACTIVATIONS: ReadonlySet<Technique> = new Set(["none", "elu", "selu"]);

/**
 * Before training, what each technique normalizes together must have mean 0 and variance 1 (weight
 * normalization: on the examples its gains were set from), and the net without must not.
 */
export function checkNormalizers(runs: readonly RunResult[]): InterventionCheck {
  const first = (arm: string): number[] =>
    runs
      .filter((run) => run.arm === arm)
      .flatMap(({ probes }) => {
        const { location: [location] = [], spread: [spread] = [] } = probes[SETS]?.values ?? {};
        return [Math.max(Number(location ?? NaN), Number(spread ?? NaN))];
      });
  const normalizing = settings.filter(({ technique }) => !ACTIVATIONS.has(technique));
  const off = normalizing.map((setting) => ({ setting, error: largest(first(armId(setting))) }));
  const loose = nets.flatMap((net) => first(armId({ net, technique: "none" })));
  const failed = off.filter(({ error }) => !(error <= NORMALIZED_BELOW));
  const least = -largest(loose.map((error) => -error));
  const worst = largest(off.map(({ error }) => error));
  return {
    passed: failed.length === 0 && least >= LOOSE_ABOVE,
    because:
      `before training, the means and variances that each technique makes 0 and 1 were off by ${worst.toPrecision(2)} at most in the middle of the layer’s ` +
      `(allowed: ${NORMALIZED_BELOW}${failed.length === 0 ? "" : `; exceeded by ${failed.map(({ setting }) => armId(setting)).join(", ")}`}); ` +
      `without any, by at least ${least.toPrecision(2)} (needed: ${LOOSE_ABOVE})`,
  };
}

/** NaN of nothing, so that no bound holds. */
function largest(values: readonly number[]): number {
  return values.length === 0 ? NaN : Math.max(...values);
}
