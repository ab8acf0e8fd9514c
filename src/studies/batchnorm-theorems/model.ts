import {
  batchNorm,
  glorotUniform,
  linear,
  relu,
  sequential,
  tanh,
  zeros,
  type Module,
} from "../../nn/index.ts";

export type TheoremArm = "relu" | "tanh";

/** Pixels, units per hidden layer, classes. */
const INPUTS = 784;
const HIDDEN = 64;
const CLASSES = 10;

/** The theorems have none: small enough to vanish beside any variance above 1e-3 in f32. */
export const EPS = 1e-10;

/** 784 → two hidden layers of 64 units, each dense, normalized, bent → 10 logits. */
export function theoremNetwork(arm: TheoremArm): Module {
  const bend = arm === "relu" ? relu : tanh;
  const hidden = (width: number): Module[] => [
    linear(width, HIDDEN, { weight: glorotUniform, bias: false }),
    batchNorm(HIDDEN, { eps: EPS }),
    bend(),
  ];
  return sequential(
    ...hidden(INPUTS),
    ...hidden(HIDDEN),
    linear(HIDDEN, CLASSES, { weight: glorotUniform, bias: zeros }),
  );
}

/** A dense layer and the normalization behind it, by path. */
export interface NormalizedLayer {
  readonly name: string;
  readonly dense: string;
  readonly norm: string;
}

export const normalizedLayers: readonly NormalizedLayer[] = [
  { name: "layer-1", dense: "0", norm: "1" },
  { name: "layer-2", dense: "3", norm: "4" },
];
