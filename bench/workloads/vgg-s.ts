import type { Layer, Network } from "./workload.ts";

const convolution = (inputs: number, outputs: number): Layer[] => [
  { kind: "conv2d", inputs, outputs, kernel: 3 },
  { kind: "relu" },
];

const half: Layer = { kind: "maxPool2d", size: 2 };

/** A small VGG for images of 32x32. */
export const vggS: Network = {
  kind: "network",
  name: "vgg-s",
  title: "conv3x3 32,M,64,M,128,128,M,256,256,M, linear 10; ReLU, 32x32x3, batch 128",
  batch: 128,
  inputShape: [32, 32, 3],
  layers: [
    ...convolution(3, 32),
    half,
    ...convolution(32, 64),
    half,
    ...convolution(64, 128),
    ...convolution(128, 128),
    half,
    ...convolution(128, 256),
    ...convolution(256, 256),
    half,
    { kind: "flatten" },
    { kind: "linear", inputs: 1024, outputs: 10 },
  ],
  // With more, the second step is too wild for f32 to be held to float64.
  learningRate: 0.01,
  eps: 1e-5,
  decay: 0.9,
  checkSteps: 2,
  // Here whole maps flip: an engine that sums a mean of 131,072 values in f32 is 2e-2 off, one that
  // sums it well 4e-3. What is wrong is off by about 1.
  tolerance: { loss: 1e-4, movement: 4e-2, ulps: 64 },
};
