import type { Shape } from "../../base/shape.ts";
import {
  batchNorm,
  conv2d,
  flatten,
  linear,
  maxPool2d,
  memberTree,
  relu,
  sequential,
  sigmoid,
  type Module,
} from "../../nn/index.ts";

export const nets = ["mnist", "mlp", "conv"] as const;
export type Net = (typeof nets)[number];

interface Block {
  readonly name: string;
  readonly channels: number;
  readonly layer: () => Module;
  readonly after: () => readonly Module[];
}

export interface CostNet {
  readonly batchSize: number;
  readonly inputShape: Shape;
  /** In words, for a table. */
  readonly title: string;
  readonly blocks: readonly Block[];
  readonly head: () => readonly Module[];
}

const CLASSES = 10;

function dense(widths: readonly number[], activation: () => Module): Block[] {
  return widths.slice(1).map((channels, i) => ({
    name: `dense layer ${i + 1}, ${channels} units`,
    channels,
    layer: () => linear(widths[i]!, channels),
    after: () => [activation()],
  }));
}

function convolutions(channels: readonly number[], pooled: ReadonlySet<number>): Block[] {
  return channels.slice(1).map((to, i) => ({
    name: `convolution ${i + 1}, ${to} channels`,
    channels: to,
    layer: () => conv2d(channels[i]!, to, 3, { padding: 1 }),
    after: () => (pooled.has(i + 1) ? [relu(), maxPool2d(2)] : [relu()]),
  }));
}

export const costNets: Readonly<Record<Net, CostNet>> = {
  mnist: {
    batchSize: 60,
    inputShape: [784],
    title: "784-100-100-100-10, sigmoid, batches of 60",
    blocks: dense([784, 100, 100, 100], sigmoid),
    head: () => [linear(100, CLASSES)],
  },
  mlp: {
    batchSize: 128,
    inputShape: [784],
    title: "784-1024-1024-1024-10, ReLU, batches of 128",
    blocks: dense([784, 1024, 1024, 1024], relu),
    head: () => [linear(1024, CLASSES)],
  },
  conv: {
    batchSize: 32,
    inputShape: [32, 32, 3],
    title:
      "3 × 3 convolutions of 32, 64, 128, 128, 256 and 256 channels, pooled after all but the third and the fifth, 32 × 32 × 3, ReLU, batches of 32",
    blocks: convolutions([3, 32, 64, 128, 128, 256, 256], new Set([1, 2, 4, 6])),
    head: () => [flatten(), linear(2 * 2 * 256, CLASSES)],
  },
};

/** Batch normalization behind the layers at these places, before their activations. */
function netWith(net: Net, places: ReadonlySet<number>): Module {
  const { blocks, head } = costNets[net];
  const hidden = blocks.flatMap(({ layer, channels, after }, place) => [
    layer(),
    ...(places.has(place) ? [batchNorm(channels)] : []),
    ...after(),
  ]);
  return sequential(...hidden, ...head());
}

/** The nets that are timed in turn: without (twice), with it everywhere, and at each layer alone. */
export function timedNets(net: Net): ReadonlyMap<string, Module> {
  const places = costNets[net].blocks.map((_, place) => place);
  return new Map([
    ["without", netWith(net, new Set())],
    ["again", netWith(net, new Set())],
    ["all", netWith(net, new Set(places))],
    ...places.map((place) => [`layer${place + 1}`, netWith(net, new Set([place]))] as const),
  ]);
}

/** How many layers keep running statistics. */
export function normalizedLayers(model: Module): number {
  const kept = memberTree(model).members.filter(({ member }) => member.kind === "statistic");
  return kept.length / 2;
}
