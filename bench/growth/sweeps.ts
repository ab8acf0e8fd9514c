import { shapesOf, type Layer, type Network } from "../workloads/workload.ts";
import { w1 } from "../workloads/w1.ts";
import { sizeOf } from "../../src/base/shape.ts";

/** One thing grows, all else stays. */
export interface Sweep {
  readonly name: string;
  /** What the sizes count, for the table. */
  readonly what: string;
  readonly sizes: readonly number[];
  network(size: number): Network;
}

/** Neighbours differ by little and by no common factor: a schedule that likes powers of two shows. */
const BATCHES = [16, 24, 32, 48, 60, 64, 96, 128, 192, 256];
const WIDTHS = [32, 48, 64, 96, 100, 112, 128, 192, 200, 256, 384, 512];
const DEPTHS = [1, 2, 3, 4, 6, 8, 12, 16];
const SIDES = [8, 12, 16, 20, 24, 28, 32, 40, 48];

function mlp(name: string, batch: number, width: number, depth: number): Network {
  const hidden = Array.from({ length: depth }, (_, i): Layer[] => [
    { kind: "linear", inputs: i === 0 ? 256 : width, outputs: width },
    { kind: "batchNorm", channels: width },
    { kind: "relu" },
  ]).flat();
  const last: Layer = { kind: "linear", inputs: width, outputs: 10 };
  return { ...w1, name, title: name, batch, inputShape: [256], layers: [...hidden, last] };
}

function convolutions(name: string, side: number): Network {
  const convolution = (inputs: number): Layer[] => [
    { kind: "conv2d", inputs, outputs: 16, kernel: 3 },
    { kind: "batchNorm", channels: 16 },
    { kind: "relu" },
  ];
  const inputShape = [side, side, 3];
  const body = [...convolution(3), ...convolution(16), { kind: "flatten" } satisfies Layer];
  const inputs = sizeOf(shapesOf({ layers: body, inputShape }).at(-1)!);
  const layers: Layer[] = [...body, { kind: "linear", inputs, outputs: 10 }];
  return { ...w1, name, title: name, batch: 16, inputShape, layers };
}

export const sweeps: readonly Sweep[] = [
  {
    name: "batch",
    what: "examples; 256-256-256-10, ReLU, BatchNorm",
    sizes: BATCHES,
    network: (size) => mlp(`batch ${size}`, size, 256, 2),
  },
  {
    name: "width",
    what: "units per layer; 256-n-n-10, batch 64",
    sizes: WIDTHS,
    network: (size) => mlp(`width ${size}`, 64, size, 2),
  },
  {
    name: "depth",
    what: "hidden layers of 128; batch 64",
    sizes: DEPTHS,
    network: (size) => mlp(`depth ${size}`, 64, 128, size),
  },
  {
    name: "image",
    what: "pixels a side; two 3x3 convolutions of 16 channels, batch 16",
    sizes: SIDES,
    network: (size) => convolutions(`image ${size}`, size),
  },
];
