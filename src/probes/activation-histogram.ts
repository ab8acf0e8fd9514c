import { OptionError } from "../base/errors.ts";
import { checkEvery } from "./batches.ts";
import { watchLayer, type LayerInputOptions, type LayerSide } from "./layer-input.ts";
import { modeText } from "./mode-text.ts";
import type { Probe, ProbeValues } from "./probe.ts";

export interface ActivationHistogramOptions extends LayerInputOptions {
  readonly name: string;
  /** What the layer receives or what it puts out; defaults to *"input"*. */
  readonly of?: LayerSide;
  /** Equal bins from `from` to `to`, the same at every observation. */
  readonly bins: { readonly from: number; readonly to: number; readonly count: number };
  /** Of this unit alone, 0 for the first; defaults to *all units of the layer together*. */
  readonly channel?: number;
  /** Steps between observations. */
  readonly every: number;
}

/**
 * How often activations fall into each of some fixed bins: a ridge plot's rows. Bin i of n holds
 * from + i · w ≤ a < from + (i + 1) · w with w = (to − from) / n; the last one holds `to` as well.
 *
 * Values: `counts`, one number per bin; `below`, `above`, and `lost` (NaN), which are in no bin.
 * Unit:   activations: one per example, place and unit.
 * Errors: OptionError for bins without a width, a channel or a layer that is not there.
 */
export function activationHistogram(options: ActivationHistogramOptions): Probe {
  const { name, layer, bins, channel, every, of = "input" } = options;
  const edges = edgesOf(bins);
  const whose = channel === undefined ? "" : `unit ${channel} of `;
  return Object.freeze({
    name,
    unit: `activations (${whose}${of} of layer "${layer}")`,
    every: checkEvery(every, "activationHistogram"),
    mode: modeText(options),
    async prepare(site) {
      const watch = await watchLayer(site, options);
      const { units } = watch;
      if (
        channel !== undefined &&
        !(Number.isInteger(channel) && channel >= 0 && channel < units)
      ) {
        throw new OptionError(
          `activationHistogram: channel must be an integer in [0, ${units}), got ${channel}`,
        );
      }
      const [first, stride] = channel === undefined ? [0, 1] : [channel, units];
      return (step) => {
        const tally = {
          counts: new Array<number>(bins.count).fill(0),
          below: 0,
          above: 0,
          lost: 0,
        };
        watch.each(step, (batch) => {
          for (let i = first; i < batch.length; i += stride) count(tally, edges, batch[i]!);
        });
        return tally satisfies ProbeValues;
      };
    },
  } satisfies Probe);
}

interface Tally {
  readonly counts: number[];
  below: number;
  above: number;
  lost: number;
}

function count(tally: Tally, edges: Float64Array, value: number): void {
  const last = edges.length - 1;
  const [from, to] = [edges[0]!, edges[last]!];
  if (value < from) tally.below++;
  else if (value > to) tally.above++;
  else if (Number.isNaN(value)) tally.lost++;
  else {
    let bin = Math.min(Math.floor(((value - from) / (to - from)) * last), last - 1);
    // The quotient is rounded; the edges decide.
    if (value < edges[bin]!) bin--;
    else if (bin < last - 1 && value >= edges[bin + 1]!) bin++;
    tally.counts[bin]!++;
  }
}

function edgesOf({ from, to, count: bins }: ActivationHistogramOptions["bins"]): Float64Array {
  if (!(Number.isFinite(from) && Number.isFinite(to) && from < to)) {
    throw new OptionError(
      `activationHistogram: bins must lead from a number to a larger one, got ${from} to ${to}`,
    );
  }
  if (!(Number.isInteger(bins) && bins >= 1)) {
    throw new OptionError(
      `activationHistogram: bins.count must be a positive integer, got ${bins}`,
    );
  }
  return Float64Array.from({ length: bins + 1 }, (_, i) =>
    i === bins ? to : from + i * ((to - from) / bins),
  );
}
