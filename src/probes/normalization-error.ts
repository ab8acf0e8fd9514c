import { OptionError } from "../base/errors.ts";
import { checkEvery } from "./batches.ts";
import { finiteOr } from "./finite.ts";
import { layerInput, type LayerInput, type LayerInputOptions } from "./layer-input.ts";
import { modeText } from "./mode-text.ts";
import { percentile } from "./percentile.ts";
import type { Probe, ProbeValues } from "./probe.ts";

export interface NormalizationErrorOptions extends LayerInputOptions {
  readonly name: string;
  /**
   * Paths of the parameters that say where the layer's input should lie: mean = shift,
   * variance = scale². Default none: mean 0 and variance 1.
   */
  readonly target?: { readonly scale: string; readonly shift: string };
  /** Steps between observations. */
  readonly every: number;
}

/**
 * How far a layer's input is from normalized: per unit, with mean and variance over the examples,
 *   location = |mean − shift| / |scale|,  spread = |variance / scale² − 1|.
 * Behind a working BatchNorm both are about 0 (spread is about eps / variance); elsewhere not.
 *
 * Values: `location` and `spread`, each the median over the layer's units, and the largest,
 *         `locationMax` and `spreadMax`.
 * Unit:   multiples of the unit's own scale.
 * Numerics: mean and variance (biased, as BatchNorm divides by) in float64, two passes.
 * Errors: OptionError for a parameter path that the model does not have, or an unknown layer.
 */
export function normalizationError(options: NormalizationErrorOptions): Probe {
  const { name, every, target } = options;
  return Object.freeze({
    name,
    unit: "multiples of the unit's scale",
    every: checkEvery(every, "normalizationError"),
    mode: modeText(options),
    async prepare(site) {
      const observe = await layerInput(site, options);
      const slotAt = (path: string) => {
        const named = site.tree.members.find((member) => member.path === path);
        if (named !== undefined) return named.slot;
        throw new OptionError(
          `normalizationError: target must be a member of the model, got "${path}"`,
        );
      };
      const slots = target && { scale: slotAt(target.scale), shift: slotAt(target.shift) };
      return (step) => {
        const seen = observe(step);
        const scale = slots ? site.session.read(slots.scale) : new Float32Array(seen.units).fill(1);
        const shift = slots ? site.session.read(slots.shift) : new Float32Array(seen.units);
        return errorsOf(seen, scale, shift);
      };
    },
  } satisfies Probe);
}

function errorsOf(
  { data, rows, units }: LayerInput,
  scale: ArrayLike<number>,
  shift: ArrayLike<number>,
): ProbeValues {
  const location = new Float64Array(units);
  const spread = new Float64Array(units);
  for (let unit = 0; unit < units; unit++) {
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += data[row * units + unit]!;
    const mean = sum / rows;
    let squares = 0;
    for (let row = 0; row < rows; row++) squares += (data[row * units + unit]! - mean) ** 2;
    location[unit] = Math.abs(mean - shift[unit]!) / Math.abs(scale[unit]!);
    spread[unit] = Math.abs(squares / rows / scale[unit]! ** 2 - 1);
  }
  location.sort();
  spread.sort();
  return {
    location: finiteOr(percentile(location, 50)),
    locationMax: finiteOr(location[units - 1]!),
    spread: finiteOr(percentile(spread, 50)),
    spreadMax: finiteOr(spread[units - 1]!),
  };
}
