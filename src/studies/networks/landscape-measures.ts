/** Measures of the loss landscape along the gradient, from the probe `lossLandscape`. */
import type { Measure, ProbeSeries } from "../../experiments/index.ts";
import { lossLandscape, percentile, type Probe } from "../../probes/index.ts";
import type { NetworkArm, NetworkSite } from "./train-network.ts";

export type LandscapeMeasure =
  | "loss-range"
  | "loss-range-spikes"
  | "predictiveness"
  | "predictiveness-spikes"
  | "smoothness-early"
  | "smoothness-spikes"
  | "smoothness-late";

/** Name of the probe. */
export const LANDSCAPE = "landscape";

/** Step sizes as multiples of the learning rate; the paper states the ends. */
const STEP_FACTORS: Readonly<Record<NetworkArm["network"], readonly number[]>> = {
  vgg: [0.5, 1, 2, 3, 4],
  "deep-linear": [0.01, 0.1, 1, 10, 30],
};

/** The landscape on the batch that training takes next, along its gradient downhill. */
export function landscapeProbe(
  { loss, next, every }: NetworkSite,
  { network, learningRate }: NetworkArm,
): Probe {
  return lossLandscape({
    ...next,
    name: LANDSCAPE,
    loss,
    every,
    stepSizes: STEP_FACTORS[network].map((factor) => factor * learningRate),
  });
}

export const LANDSCAPE_CAPTION =
  "At θ − η g, g the gradient on the batch that training takes next (minus: downhill), on the same batch, parameters and running statistics put back; η from a half to 4 times the learning rate for the VGG, from 1/100 to 30 times for the deep linear network.";

/** Share of the observations that counts as early, and as late. */
const EARLY = 0.25;

/** For arms with these learning rates. */
export function landscapeMeasures(
  rates: Readonly<Record<string, number>>,
): Readonly<Record<LandscapeMeasure, Measure>> {
  return {
    "loss-range": powerMeasure({
      label: "Range of the loss along the gradient",
      definition: `Largest less smallest loss over the step sizes, ${LOGARITHM}; the median over all observations.`,
      of: (seen) => median(seen.map(({ range }) => range)),
    }),
    "loss-range-spikes": powerMeasure({
      label: "Range of the loss along the gradient, spikes",
      definition: `The same, ${LOGARITHM}; the 95th percentile over all observations.`,
      of: spikesOf("range"),
    }),
    predictiveness: powerMeasure({
      label: "Change of the gradient along the gradient",
      definition: `The largest ‖g − g′‖ over the step sizes, g′ the gradient there: small if gradients are predictive, ${LOGARITHM}; the median over all observations.`,
      of: (seen) => median(seen.map(({ distance }) => distance)),
    }),
    "predictiveness-spikes": powerMeasure({
      label: "Change of the gradient along the gradient, spikes",
      definition: `The same, ${LOGARITHM}; the 95th percentile over all observations.`,
      of: spikesOf("distance"),
    }),
    "smoothness-early": powerMeasure({
      label: "Effective β, early",
      definition: `The largest ‖g − g′‖ / (η ‖g‖) over the step sizes, ${LOGARITHM}; the median over the first quarter of the observations. Later it tends to 2 / learning rate, whatever the network.`,
      of: (seen) => median(seen.slice(0, share(seen.length)).map(({ beta }) => beta)),
    }),
    "smoothness-spikes": powerMeasure({
      label: "Effective β, spikes",
      definition: `The same, ${LOGARITHM}; the 95th percentile over all observations.`,
      of: spikesOf("beta"),
    }),
    "smoothness-late": {
      label: "Effective β late, times the learning rate",
      unit: "",
      definition:
        "The same, times the learning rate and not as a logarithm; the median over the last quarter of the observations. Descent with a constant learning rate is drawn to 2.",
      digits: 2,
      of({ outcome, probes, arm }) {
        const seen = observationsOf(probes[LANDSCAPE]);
        const late = median(seen.slice(-share(seen.length)).map(({ beta }) => beta));
        const rate = rates[arm];
        const known = outcome === "finished" && late !== null && rate !== undefined;
        return { value: known ? late * rate : null, atLeast: false };
      },
    },
  };
}

const LOGARITHM = "as a logarithm to base 10";

interface Seen {
  readonly range: number;
  readonly distance: number;
  readonly beta: number;
}

/** Where loss or gradient were not finite at some step size, the extremes are infinite. */
function observationsOf(series: ProbeSeries | undefined): Seen[] {
  const { steps = [], values = {} } = series ?? {};
  const at = (name: string, i: number): number => Number(values[name]![i]);
  return steps.map((_, i) => {
    if (at("lost", i) > 0) return { range: Infinity, distance: Infinity, beta: Infinity };
    return {
      range: at("lossMax", i) - at("lossMin", i),
      distance: at("distanceMax", i),
      beta: at("smoothness", i),
    };
  });
}

function powerMeasure({
  of,
  ...about
}: Pick<Measure, "label" | "definition"> & {
  of(seen: readonly Seen[]): number | null;
}): Measure {
  return {
    ...about,
    unit: "powers of ten",
    digits: 2,
    of({ outcome, probes }) {
      const value = outcome === "finished" ? of(observationsOf(probes[LANDSCAPE])) : null;
      return { value: value === null || value <= 0 ? null : Math.log10(value), atLeast: false };
    },
  };
}

/** The 95th percentile over all observations. */
function spikesOf(what: keyof Seen): (seen: readonly Seen[]) => number | null {
  return (seen) => {
    const values = seen.map((one) => one[what]);
    return percentileOf(values, 95);
  };
}

function share(count: number): number {
  return Math.ceil(count * EARLY);
}

function median(values: readonly number[]): number | null {
  return percentileOf(values, 50);
}

/** Null without values, or if it is not finite. */
function percentileOf(values: readonly number[], q: number): number | null {
  if (values.length === 0) return null;
  const found = percentile(
    values.toSorted((a, b) => a - b),
    q,
  );
  return Number.isFinite(found) ? found : null;
}
