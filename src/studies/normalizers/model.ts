import {
  batchNorm,
  conv2d,
  elu,
  flatten,
  groupNorm,
  heNormal,
  instanceNorm,
  layerNorm,
  lecunNormal,
  linear,
  normal,
  relu,
  rmsNorm,
  selu,
  sequential,
  weightNorm,
  zeros,
  type Initializer,
  type Module,
  type WeightedModule,
} from "../../nn/index.ts";

export const nets = ["mlp", "conv"] as const;
export type Net = (typeof nets)[number];

export const techniques = [
  "none",
  "batch",
  "layer",
  "group",
  "instance",
  "rms",
  "weight",
  "elu",
  "selu",
] as const;
export type Technique = (typeof techniques)[number];

const INPUTS = 784;
const HIDDEN = 100;
const CLASSES = 10;
/** Units that share a mean in the dense net: ten groups of ten. */
export const UNITS_PER_GROUP = 10;
/** Channels that share a mean in the convolutional net; the paper's best is 16 at widths of 64 and more. */
export const CHANNELS_PER_GROUP = 4;
/** Spread of weight normalization's directions, which only their mutual angles depend on. */
const DIRECTION_STD = 0.05;

/** Layer normalization of channels is group normalization with one group: Wu & He 2018, section 3. */
function normalizer(technique: Technique, net: Net, channels: number): readonly Module[] {
  switch (technique) {
    case "batch":
      return [batchNorm(channels)];
    case "layer":
      return [net === "mlp" ? layerNorm(channels) : groupNorm(1, channels)];
    case "group":
      return [
        groupNorm(channels / (net === "mlp" ? UNITS_PER_GROUP : CHANNELS_PER_GROUP), channels),
      ];
    case "instance":
      return [instanceNorm(channels)];
    case "rms":
      return [rmsNorm(channels)];
    default:
      return [];
  }
}

const firstWeights: Readonly<Partial<Record<Technique, Initializer>>> = {
  selu: lecunNormal,
  weight: normal({ std: DIRECTION_STD }),
};

/** Does it subtract a mean, so that a bias before it would do nothing? */
const CENTRES: ReadonlySet<Technique> = new Set(["batch", "layer", "group", "instance"]);

/**
 * 784 → three layers of 100 → 10, or three 3 × 3 convolutions of `width`, 2 · width and 4 · width
 * channels, the first two of stride 2, → 10: each layer normalized, or not, before its activation.
 */
export function normalizedNetwork(net: Net, technique: Technique, width: number): Module {
  const weight = firstWeights[technique] ?? heNormal;
  const biased = CENTRES.has(technique) ? (false as const) : zeros;
  const wrap = (layer: WeightedModule): Module =>
    technique === "weight" ? weightNorm(layer) : layer;
  const activation = technique === "elu" ? elu : technique === "selu" ? selu : relu;
  const after = (channels: number): Module[] => [
    ...normalizer(technique, net, channels),
    activation(),
  ];
  const dense = (from: number, to: number): Module[] => [
    wrap(linear(from, to, { weight, bias: biased })),
    ...after(to),
  ];
  const convolution = (from: number, to: number, stride: number): Module[] => [
    wrap(conv2d(from, to, 3, { stride, padding: "same", weight, bias: biased })),
    ...after(to),
  ];
  const head = (from: number): Module => wrap(linear(from, CLASSES, { weight, bias: zeros }));
  if (net === "mlp") {
    const hidden = [INPUTS, HIDDEN, HIDDEN].flatMap((from) => dense(from, HIDDEN));
    return sequential(flatten(), ...hidden, head(HIDDEN));
  }
  return sequential(
    ...convolution(1, width, 2),
    ...convolution(width, 2 * width, 2),
    ...convolution(2 * width, 4 * width, 1),
    flatten(),
    head(7 * 7 * 4 * width),
  );
}

const NORMALIZING: ReadonlySet<Technique> = new Set([...CENTRES, "rms"]);

/** Path of the last hidden activation. */
export function lastActivation(net: Net, technique: Technique): string {
  const perLayer = NORMALIZING.has(technique) ? 3 : 2;
  return String(3 * perLayer - 1 + (net === "mlp" ? 1 : 0));
}
