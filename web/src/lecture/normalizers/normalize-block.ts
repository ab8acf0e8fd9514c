/**
 * Which values of a block [N, C, H, W] share one mean and variance, and what each normalizer makes
 * of them.
 *
 * Source: Wu & He 2018, arXiv:1803.08494, figure 2 and equations 3 to 7; Zhang & Sennrich 2019,
 *         arXiv:1910.07467, for the root mean square.
 */

export type NormalizerId = "batch" | "layer" | "instance" | "group" | "rms" | "weight";

export interface BlockShape {
  /** Examples, channels, rows, columns. */
  readonly examples: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

export interface Block extends BlockShape {
  /** Row-major [N, C, H, W]. */
  readonly values: readonly number[];
}

interface GroupStatistics {
  readonly mean: number;
  /** Biased; with the root mean square, the mean square: nothing is taken away first. */
  readonly variance: number;
  readonly count: number;
}

export interface NormalizedBlock {
  /** For each value its group, from 0 on; empty for a normalizer that does not look at values. */
  readonly groupOf: readonly number[];
  readonly groups: readonly GroupStatistics[];
  /** Row-major [N, C, H, W]. */
  readonly output: readonly number[];
}

export interface BlockOptions {
  readonly eps: number;
  /** For group normalization: divides the channels. */
  readonly channelGroups: number;
  /** For weight normalization: ‖v‖ of each channel's weight vector, [C]. */
  readonly weightLengths: readonly number[];
}

/** Scale 1 and shift 0 throughout: what they would do is the same for all. */
export function normalizeBlock(
  block: Block,
  normalizer: NormalizerId,
  options: BlockOptions,
): NormalizedBlock {
  if (normalizer === "weight") {
    const output = block.values.map((v, i) => v / options.weightLengths[channelAt(block, i)]!);
    return { groupOf: [], groups: [], output };
  }
  const groupOf = block.values.map((_, i) => groupAt(block, normalizer, options, i));
  const centred = normalizer !== "rms";
  const groups = statisticsOf(block.values, groupOf, centred);
  const output = block.values.map((value, i) => {
    const { mean, variance } = groups[groupOf[i]!]!;
    return (value - (centred ? mean : 0)) / Math.sqrt(variance + options.eps);
  });
  return { groupOf, groups, output };
}

/** How many means and variances a normalizer computes for a block. */
export function groupCount(
  { examples, channels }: BlockShape,
  normalizer: NormalizerId,
  channelGroups: number,
): number {
  const counts = {
    batch: channels,
    layer: examples,
    instance: examples * channels,
    group: examples * channelGroups,
    rms: examples,
    weight: 0,
  };
  return counts[normalizer];
}

export function exampleAt({ channels, height, width }: BlockShape, index: number): number {
  return Math.floor(index / (channels * height * width));
}

function channelAt({ channels, height, width }: BlockShape, index: number): number {
  return Math.floor(index / (height * width)) % channels;
}

function groupAt(
  block: BlockShape,
  normalizer: Exclude<NormalizerId, "weight">,
  { channelGroups }: BlockOptions,
  index: number,
): number {
  const example = exampleAt(block, index);
  const channel = channelAt(block, index);
  if (normalizer === "batch") return channel;
  if (normalizer === "instance") return example * block.channels + channel;
  if (normalizer === "group") {
    return example * channelGroups + Math.floor(channel / (block.channels / channelGroups));
  }
  return example;
}

/** Two passes, so that a large mean costs the variance no digits. */
function statisticsOf(
  values: readonly number[],
  groupOf: readonly number[],
  centred: boolean,
): GroupStatistics[] {
  const members: number[][] = [];
  values.forEach((value, i) => (members[groupOf[i]!] ??= []).push(value));
  return members.map((group) => {
    const mean = group.reduce((sum, value) => sum + value, 0) / group.length;
    const about = centred ? mean : 0;
    const variance = group.reduce((sum, value) => sum + (value - about) ** 2, 0) / group.length;
    return { mean, variance, count: group.length };
  });
}
