/** The models whose costs `evenkeel cost` knows to measure. */
import type { Shape } from "../base/shape.ts";
import { conv2d } from "../nn/conv2d.ts";
import { flatten } from "../nn/flatten.ts";
import { linear } from "../nn/linear.ts";
import type { Module } from "../nn/module.ts";
import { maxPool2d } from "../nn/pool2d.ts";
import { relu } from "../nn/relu.ts";
import { sequential } from "../nn/sequential.ts";
import { sigmoid } from "../nn/sigmoid.ts";
import { type Technique, techniques, type TechniqueName } from "./cost-techniques.ts";

/** A hidden layer with all that follows it up to the next. */
interface Block {
  readonly layer: Module;
  readonly channels: number;
  readonly activation: Module;
  /** What stands behind, such as a pool. */
  readonly rest: readonly Module[];
}

export interface CostPreset {
  readonly title: string;
  readonly batchSize: number;
  /** Of one example. */
  readonly inputShape: Shape;
  readonly classes: number;
  /** The hidden layers: where a technique can stand. */
  readonly blocks: readonly Block[];
  readonly head: readonly Module[];
}

function dense(inputs: number, widths: readonly number[], activation: () => Module): Block[] {
  return widths.map((channels, i) => ({
    layer: linear(widths[i - 1] ?? inputs, channels),
    channels,
    activation: activation(),
    rest: [],
  }));
}

function convolution(inputs: number, channels: number, rest: readonly Module[] = []): Block {
  const layer = conv2d(inputs, channels, 3, { padding: 1 });
  return { layer, channels, activation: relu(), rest };
}

const half = [maxPool2d(2)];

export const costPresetNames = ["mlp", "mnist-batchnorm", "vgg-s"] as const;

export type CostPresetName = (typeof costPresetNames)[number];

export const costPresets: Readonly<Record<CostPresetName, CostPreset>> = {
  mlp: {
    title: "784-1024-1024-1024-10, ReLU",
    batchSize: 128,
    inputShape: [784],
    classes: 10,
    blocks: dense(784, [1024, 1024, 1024], relu),
    head: [linear(1024, 10)],
  },
  "mnist-batchnorm": {
    title: "784-100-100-100-10, sigmoid, of the study batchnorm-mnist",
    batchSize: 60,
    inputShape: [784],
    classes: 10,
    blocks: dense(784, [100, 100, 100], sigmoid),
    head: [linear(100, 10)],
  },
  "vgg-s": {
    title: "conv3x3 32,M,64,M,128,128,M,256,256,M, linear 10, ReLU, 32x32x3",
    batchSize: 128,
    inputShape: [32, 32, 3],
    classes: 10,
    blocks: [
      convolution(3, 32, half),
      convolution(32, 64, half),
      convolution(64, 128),
      convolution(128, 128, half),
      convolution(128, 256),
      convolution(256, 256, half),
    ],
    head: [flatten(), linear(1024, 10)],
  },
};

/** The preset's model with a technique at each hidden layer, at one of them (by index), or at none. */
export function modelWith(
  { blocks, head }: CostPreset,
  technique: TechniqueName | null,
  only: number | null = null,
): Module {
  const hidden = blocks.flatMap(({ layer, channels, activation, rest }, index) => {
    const { place, make } = techniques[technique ?? "dropout"];
    const wanted = technique !== null && (only === null || only === index);
    const at = (here: Technique["place"]): Module[] =>
      wanted && here === place ? [make(channels)] : [];
    return [layer, ...at("before-activation"), activation, ...at("after-activation"), ...rest];
  });
  return sequential(...hidden, ...head);
}
