import {
  batchNorm,
  conv2d,
  globalAvgPool2d,
  groupNorm,
  heNormal,
  linear,
  relu,
  sequential,
  zeros,
  type Module,
} from "../../nn/index.ts";

export const norms = ["bn", "gn"] as const;
export type Norm = (typeof norms)[number];

export const batchSizes = [2, 4, 8, 16, 32, 128] as const;
export type BatchSize = (typeof batchSizes)[number];

/** The batch size that rates, steps and running statistics are stated for. */
export const REFERENCE_BATCH = 32;
/** Share of the running statistics kept per step of the reference batch size. */
const DECAY = 0.9;
const COLOURS = 3;
const CLASSES = 10;
/** Group normalization's channels per group: the paper's nets are wider and have 32 groups. */
export const CHANNELS_PER_GROUP = 4;

/**
 * Four 3 × 3 convolutions of w, 2w, 4w and 4w channels, the first three of stride 2, each
 * normalized before its ReLU, then the mean over all places and a dense layer.
 *
 * Running statistics remember as many examples at every batch size, so that a small batch is not
 * also at a disadvantage at test.
 */
export function smallConvNet(norm: Norm, batchSize: BatchSize, width: number): Module {
  const decay = DECAY ** (batchSize / REFERENCE_BATCH);
  const block = (from: number, to: number, stride: number): Module[] => [
    conv2d(from, to, 3, { stride, padding: "same", weight: heNormal, bias: false }),
    norm === "bn" ? batchNorm(to, { decay }) : groupNorm(to / CHANNELS_PER_GROUP, to),
    relu(),
  ];
  return sequential(
    ...block(COLOURS, width, 2),
    ...block(width, 2 * width, 2),
    ...block(2 * width, 4 * width, 2),
    ...block(4 * width, 4 * width, 1),
    globalAvgPool2d(),
    linear(4 * width, CLASSES, { weight: heNormal, bias: zeros }),
  );
}

/** The last ReLU, and the parameters that say how its input is normalized. */
export const lastRelu = {
  layer: "11",
  target: { scale: "10.scale", shift: "10.shift" },
} as const;
