import { OptionError } from "../base/errors.ts";
import { checkEvery } from "./batches.ts";
import { finiteOr } from "./finite.ts";
import { modeText } from "./mode-text.ts";
import type { Probe, ProbeValues } from "./probe.ts";
import { saturationRange, showRange, type Saturation } from "./saturation.ts";
import { unitTallies, type TallyOptions, type UnitTallies } from "./unit-tallies.ts";

export interface ActivationStatisticsOptions extends TallyOptions {
  readonly name: string;
  /** Paths of the layers observed, such as `["1", "4"]`; `3#2` for a second application. */
  readonly layers: readonly string[];
  /** What a layer receives or what it puts out; defaults to *"input"*. */
  readonly of?: "input" | "output";
  /**
   * When an activation counts as saturated: for the layer of this name, `relu` at output ≤ 0,
   * `sigmoid` at output ≤ 0.05 or ≥ 0.95, `tanh` at output ≤ −0.95 or ≥ 0.95 (seen from the input:
   * what gives such an output); or at and below `low`, at and above `high`. Defaults to *not counted*.
   */
  readonly saturation?: Saturation;
  /** Steps between observations. */
  readonly every: number;
}

/**
 * What the activations of some layers are like, over all examples, places and units.
 *
 * Values: lists with one number per layer, in the order given:
 *         `mean` and `variance` (biased) of all activations;
 *         `unitVariance`, the mean over units of each unit's own variance over examples and places
 *         (what remains of `variance` is between the units' means);
 *         `zeros`, the share of activations that are exactly 0: their sparsity;
 *         with `saturation` also `saturated`, the share of activations that are, and `dead`, the
 *         share of units saturated on every example and place.
 * Unit:   per value, see `unit`.
 * Errors: OptionError for a layer that is not there or thresholds that make no sense.
 */
export function activationStatistics(options: ActivationStatisticsOptions): Probe {
  const { name, layers, every, of = "input", saturation } = options;
  if (layers.length === 0) {
    throw new OptionError("activationStatistics: layers must name one or more, got none");
  }
  const range = saturation === undefined ? null : saturationRange(saturation, of);
  const threshold = range === null ? "" : `saturated: activation ${showRange(range)}; `;
  return Object.freeze({
    name,
    unit: "mean: unit of the activations; variance, unitVariance: its square; zeros, saturated, dead: shares",
    every: checkEvery(every, "activationStatistics"),
    mode: `${of} of layers ${layers.join(", ")}; ${threshold}${modeText(options)}`,
    async prepare(site) {
      const observe = await unitTallies(site, options, range);
      return (step) => {
        const seen = observe(step).map(summarize);
        const columns: (keyof Summary)[] = ["mean", "variance", "unitVariance", "zeros"];
        if (range !== null) columns.push("saturated", "dead");
        return Object.fromEntries(
          columns.map((key) => [key, seen.map((summary) => finiteOr(summary[key]))]),
        ) satisfies ProbeValues;
      };
    },
  } satisfies Probe);
}

interface Summary {
  readonly mean: number;
  readonly variance: number;
  readonly unitVariance: number;
  readonly zeros: number;
  readonly saturated: number;
  readonly dead: number;
}

function summarize({ rows, mean, variance, zeros, saturated }: UnitTallies): Summary {
  const average = (values: Float64Array): number =>
    values.reduce((total, value) => total + value, 0) / values.length;
  const overall = average(mean);
  const between = average(mean.map((value) => (value - overall) ** 2));
  const within = average(variance);
  return {
    mean: overall,
    variance: within + between,
    unitVariance: within,
    zeros: average(zeros) / rows,
    saturated: average(saturated) / rows,
    dead: average(saturated.map((count) => (count === rows ? 1 : 0))),
  };
}
