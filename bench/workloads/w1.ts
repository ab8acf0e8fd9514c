import type { Layer, Network } from "./workload.ts";

const hidden = (inputs: number): Layer[] => [
  { kind: "linear", inputs, outputs: 100 },
  { kind: "sigmoid" },
];

/** The network of Ioffe & Szegedy 2015, section 4.1, without normalization. */
export const w1: Network = {
  kind: "network",
  name: "w1",
  title: "MLP 784-100-100-100-10, sigmoid, batch 60",
  batch: 60,
  inputShape: [784],
  layers: [
    ...hidden(784),
    ...hidden(100),
    ...hidden(100),
    { kind: "linear", inputs: 100, outputs: 10 },
  ],
  learningRate: 0.1,
  eps: 1e-5,
  decay: 0.9,
  checkSteps: 5,
  tolerance: { loss: 2e-5, movement: 1e-3, ulps: 8 },
};
