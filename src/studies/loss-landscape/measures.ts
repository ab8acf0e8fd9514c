import type { Measure } from "../../experiments/index.ts";
import { landscapeMeasures, type LandscapeMeasure } from "../networks/landscape-measures.ts";
import type { NetworkArm } from "../networks/train-network.ts";

export type LandscapeArm = "vgg-plain" | "vgg-bn" | "linear-plain" | "linear-bn";

export const settings: Readonly<Record<LandscapeArm, NetworkArm>> = {
  "vgg-plain": { network: "vgg", between: "none", learningRate: 0.1 },
  "vgg-bn": { network: "vgg", between: "batch", learningRate: 0.1 },
  "linear-plain": { network: "deep-linear", between: "none", learningRate: 1e-6 },
  "linear-bn": { network: "deep-linear", between: "batch", learningRate: 1e-6 },
};

/** The arms of one network. */
export const pairs: readonly {
  readonly network: NetworkArm["network"];
  readonly title: string;
  readonly plain: LandscapeArm;
  readonly bn: LandscapeArm;
}[] = [
  { network: "vgg", title: "VGG", plain: "vgg-plain", bn: "vgg-bn" },
  {
    network: "deep-linear",
    title: "deep linear network",
    plain: "linear-plain",
    bn: "linear-bn",
  },
];

export const measures: Readonly<Record<LandscapeMeasure, Measure>> = landscapeMeasures(
  Object.fromEntries(
    Object.entries(settings).map(([arm, { learningRate }]) => [arm, learningRate]),
  ),
);

/** Name of the probe that the check looks at. */
export const NORMALIZATION = "normalization";
