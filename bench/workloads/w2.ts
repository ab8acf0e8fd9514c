import type { Layer, Network } from "./workload.ts";

const hidden = (inputs: number): Layer[] => [
  { kind: "linear", inputs, outputs: 1024 },
  { kind: "relu" },
];

/** The widths at which Srivastava et al. 2014 train MNIST with dropout. */
export const w2: Network = {
  kind: "network",
  name: "w2",
  title: "MLP 784-1024-1024-1024-10, ReLU, batch 128",
  batch: 128,
  inputShape: [784],
  layers: [
    ...hidden(784),
    ...hidden(1024),
    ...hidden(1024),
    { kind: "linear", inputs: 1024, outputs: 10 },
  ],
  learningRate: 0.1,
  eps: 1e-5,
  decay: 0.9,
  checkSteps: 3,
  // A ReLU's input within rounding of 0 may fall on either side: one example's gradient flips.
  tolerance: { loss: 2e-5, movement: 5e-3, ulps: 8 },
};
