import type { Arm } from "../../experiments/index.ts";
import type { NetworkArm } from "../networks/train-network.ts";

export type ShiftArm =
  | "vgg-plain"
  | "vgg-bn"
  | "vgg-plain-slow"
  | "vgg-bn-slow"
  | "linear-plain"
  | "linear-bn"
  | "linear-plain-slow"
  | "linear-bn-slow";

export type ShiftNetwork = NetworkArm["network"];

/** A network at one learning rate, without and with batch normalization. */
export interface ShiftPair {
  readonly network: ShiftNetwork;
  readonly rate: number;
  /** For titles: `VGG at 0.1`. */
  readonly title: string;
  readonly plain: ShiftArm;
  readonly bn: ShiftArm;
}

export const pairs: readonly ShiftPair[] = [
  { network: "vgg", rate: 0.1, title: "VGG at 0.1", plain: "vgg-plain", bn: "vgg-bn" },
  {
    network: "vgg",
    rate: 0.01,
    title: "VGG at 0.01",
    plain: "vgg-plain-slow",
    bn: "vgg-bn-slow",
  },
  {
    network: "deep-linear",
    rate: 1e-6,
    title: "deep linear at 10⁻⁶",
    plain: "linear-plain",
    bn: "linear-bn",
  },
  {
    network: "deep-linear",
    rate: 1e-7,
    title: "deep linear at 10⁻⁷",
    plain: "linear-plain-slow",
    bn: "linear-bn-slow",
  },
];

/** The layers whose gradients the paper compares. */
export const SHOWN_LAYERS: Readonly<Record<ShiftNetwork, readonly number[]>> = {
  vgg: [5, 10],
  "deep-linear": [9, 17],
};

/** What each arm trains. */
export const settings: Readonly<Record<ShiftArm, NetworkArm>> = Object.fromEntries(
  pairs.flatMap(({ network, rate, plain, bn }) => [
    [plain, { network, between: "none", learningRate: rate }],
    [bn, { network, between: "batch", learningRate: rate }],
  ]),
) as Record<ShiftArm, NetworkArm>;

export const arms: readonly Arm<ShiftArm>[] = pairs.flatMap(({ network, title, plain, bn }) => {
  const where = network === "vgg" ? "each convolution and its ReLU" : "each matrix and the next";
  return [
    {
      id: plain,
      label: `${title}, without`,
      short: "without",
      description: "No normalization.",
    },
    {
      id: bn,
      label: `${title}, with batch normalization`,
      short: "with",
      description: `Batch normalization between ${where}, scale and shift trained; ε = 1e-5.`,
    },
  ];
});
