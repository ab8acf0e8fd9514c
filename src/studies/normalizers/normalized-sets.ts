/** Did a normalizer normalize? Means and variances over the very elements that share them. */
import { layerInput } from "../../probes/layer-input.ts";
import { NOT_FINITE, percentile, type Probe } from "../../probes/index.ts";
import type { Split } from "../../data/index.ts";
import type { Net, Technique } from "./model.ts";
import { CHANNELS_PER_GROUP, lastActivation, UNITS_PER_GROUP } from "./model.ts";

export interface SetsOptions {
  readonly name: string;
  readonly net: Net;
  readonly technique: Technique;
  /** All of them are passed as one batch. */
  readonly examples: Split;
  readonly every: number;
}

/**
 * Of what the last hidden activation receives, over the sets of elements that the technique
 * normalizes together (for those without, over the batch, per unit or channel):
 * `location` |mean| and `spread` |variance − 1|, each the median over the sets: where a picture is
 * blank there may be nothing to normalize. RMS normalization has no mean: its location is 0 and its
 * spread that of the mean square.
 *
 * Before training, scale is 1 and shift 0, so both are about 0 for whatever is normalized.
 */
export function normalizedSets(options: SetsOptions): Probe {
  const { name, net, technique, examples, every } = options;
  const { count } = examples;
  return Object.freeze({
    name,
    unit: "standard deviations, variances",
    every,
    mode: `${count} training examples in one batch, normalized with its own statistics; nothing updated`,
    async prepare(site) {
      const layer = lastActivation(net, technique);
      const looked = { layer, examples, count, batchSize: count, phase: "train" } as const;
      const observe = await layerInput(site, looked);
      return (step) => {
        const { data, rows, units } = observe(step);
        const layout = { positions: rows / count, channels: units };
        return errorsOf(data, setNumber(options, layout), technique === "rms");
      };
    },
  } satisfies Probe);
}

interface Layout {
  readonly positions: number;
  readonly channels: number;
}

/** Which set element `index` of [examples, positions, channels] belongs to. */
export function setNumber(
  { net, technique }: Pick<SetsOptions, "net" | "technique">,
  { positions, channels }: Layout,
): (index: number) => number {
  const channel = (index: number): number => index % channels;
  const row = (index: number): number => Math.floor(index / channels);
  const example = (index: number): number => Math.floor(row(index) / positions);
  const width = net === "mlp" ? UNITS_PER_GROUP : CHANNELS_PER_GROUP;
  switch (technique) {
    case "layer":
      return example;
    case "group":
      return (index) => example(index) * (channels / width) + Math.floor(channel(index) / width);
    case "instance":
      return (index) => example(index) * channels + channel(index);
    case "rms":
      return row;
    default:
      return channel;
  }
}

export function errorsOf(
  data: ArrayLike<number>,
  setOf: (index: number) => number,
  aboutZero: boolean,
): { readonly location: number; readonly spread: number } {
  const sets: { count: number; sum: number; squares: number }[] = [];
  const each = (visit: (set: (typeof sets)[number], value: number) => void): void => {
    for (let i = 0; i < data.length; i++) {
      visit((sets[setOf(i)] ??= { count: 0, sum: 0, squares: 0 }), data[i]!);
    }
  };
  each((set, value) => {
    set.count++;
    set.sum += value;
  });
  each((set, value) => {
    set.squares += (value - (aboutZero ? 0 : set.sum / set.count)) ** 2;
  });
  const location = sets.map(({ count, sum }) => (aboutZero ? 0 : Math.abs(sum / count)));
  const spread = sets.map(({ count, squares }) => Math.abs(squares / count - 1));
  return { location: medianOf(location), spread: medianOf(spread) };
}

function medianOf(values: readonly number[]): number {
  if (values.some((value) => !Number.isFinite(value))) return NOT_FINITE;
  return percentile(
    values.toSorted((one, other) => one - other),
    50,
  );
}
