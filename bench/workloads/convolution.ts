import type { Operand, Operation } from "./workload.ts";

const BATCH = 128;
const SIDE = 32;
const CHANNELS = 64;
const KERNEL = 3;

const image = [BATCH, SIDE, SIDE, CHANNELS];
const x: Operand = { name: "x", shape: image };
const dy: Operand = { name: "dy", shape: image };
const w: Operand = { name: "w", shape: [KERNEL, KERNEL, CHANNELS, CHANNELS] };

/** What the three have in common: one multiply-add per pixel, tap and pair of channels. */
const common = {
  kind: "operation",
  kernel: KERNEL,
  flops: 2 * BATCH * SIDE ** 2 * KERNEL ** 2 * CHANNELS ** 2,
} as const;

const size = "3x3, 64 to 64 channels, 32x32, batch 128, padding 1";

export const convForward: Operation = {
  ...common,
  name: "conv-forward",
  title: `convolution, ${size}`,
  op: "conv-forward",
  operands: [x, w],
  result: image,
};

export const convInputGradient: Operation = {
  ...common,
  name: "conv-input-gradient",
  title: `gradient by the input of a convolution, ${size}`,
  op: "conv-input-gradient",
  operands: [dy, w],
  result: image,
};

export const convWeightGradient: Operation = {
  ...common,
  name: "conv-weight-gradient",
  title: `gradient by the weight of a convolution, ${size}`,
  op: "conv-weight-gradient",
  operands: [x, dy],
  result: w.shape,
};
