import { checkEvery, type BatchOptions } from "./batches.ts";
import { finiteOr } from "./finite.ts";
import { modeText } from "./mode-text.ts";
import type { Probe } from "./probe.ts";
import { unitTallies } from "./unit-tallies.ts";

export interface UnitMomentsOptions extends BatchOptions {
  readonly name: string;
  /** Path of the layer observed, such as `5`; `3#2` for a second application. */
  readonly layer: string;
  /** What the layer receives or what it puts out; defaults to *"input"*. */
  readonly of?: "input" | "output";
  /** Steps between observations. */
  readonly every: number;
}

/**
 * Mean and variance of each unit of a layer over examples and places; `distributionDrift` says how
 * they move from observation to observation.
 *
 * Values: `mean` [C] and `variance` [C], biased.
 * Unit:   per value, see `unit`.
 * Errors: OptionError for a layer that is not there, or counts that do not fit.
 */
export function unitMoments(options: UnitMomentsOptions): Probe {
  const { name, layer, every, of = "input" } = options;
  return Object.freeze({
    name,
    unit: `mean: ${of} of layer "${layer}"; variance: its square`,
    every: checkEvery(every, "unitMoments"),
    mode: modeText(options),
    async prepare(site) {
      const observe = await unitTallies(site, { ...options, layers: [layer] }, null);
      return (step) => {
        const [{ mean, variance } = { mean: [], variance: [] }] = observe(step);
        return { mean: Array.from(mean, finiteOr), variance: Array.from(variance, finiteOr) };
      };
    },
  } satisfies Probe);
}
