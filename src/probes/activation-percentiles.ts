import { checkEvery } from "./batches.ts";
import { finiteOr } from "./finite.ts";
import { layerInput, type LayerInput, type LayerInputOptions } from "./layer-input.ts";
import { modeText } from "./mode-text.ts";
import { checkPercentile, percentile } from "./percentile.ts";
import type { Probe, ProbeValues } from "./probe.ts";

export interface ActivationPercentilesOptions extends LayerInputOptions {
  readonly name: string;
  /** Percentiles to take, in [0, 100]. Default 15, 50, 85: about a Gaussian's mean ± one sd. */
  readonly percentiles?: readonly number[];
  /** Steps between observations. */
  readonly every: number;
}

/**
 * Percentiles, over held-out examples, of what each unit of a layer receives.
 *
 * Values: `p15`, `p50`, `p85`, …: one number per unit [C], by linear interpolation (see `percentile`).
 * Unit:   that of the layer's input.
 * Errors: OptionError for a percentile outside [0, 100], or an unknown layer.
 * Source: Ioffe & Szegedy 2015, arXiv:1502.03167, section 4.1 and figure 1(b, c).
 */
export function activationPercentiles(options: ActivationPercentilesOptions): Probe {
  const { name, percentiles = [15, 50, 85], every, layer } = options;
  percentiles.forEach((q) => checkPercentile(q, "activationPercentiles"));
  return Object.freeze({
    name,
    unit: `input to layer "${layer}"`,
    every: checkEvery(every, "activationPercentiles"),
    mode: modeText(options),
    async prepare(site) {
      const observe = await layerInput(site, options);
      return (step) => percentilesOf(observe(step), percentiles);
    },
  } satisfies Probe);
}

function percentilesOf(
  { data, rows, units }: LayerInput,
  percentiles: readonly number[],
): ProbeValues {
  const columns = percentiles.map(() => new Array<number>(units));
  const sample = new Float32Array(rows);
  for (let unit = 0; unit < units; unit++) {
    for (let row = 0; row < rows; row++) sample[row] = data[row * units + unit]!;
    sample.sort();
    percentiles.forEach((q, i) => (columns[i]![unit] = finiteOr(percentile(sample, q))));
  }
  return Object.fromEntries(percentiles.map((q, i) => [`p${q}`, columns[i]!]));
}
