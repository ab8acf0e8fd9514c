/**
 * The layers that a specification may name, as data: their options with ranges and defaults. A
 * file, a job or a page that describes a network holds names and numbers only, and this table says
 * which.
 */

/** One option of a layer. */
export type LayerOption =
  | {
      readonly kind: "integer" | "number";
      readonly name: string;
      readonly label: string;
      readonly default: number;
      /** The least and the greatest value allowed. */
      readonly least: number;
      readonly most: number;
    }
  | {
      readonly kind: "choice";
      readonly name: string;
      readonly label: string;
      readonly default: string;
      readonly choices: readonly string[];
    };

export interface LayerKind {
  readonly name: string;
  readonly label: string;
  readonly group: "weights" | "normalization" | "dropout" | "activation" | "shape";
  /** What it takes: one row of features, an image [H, W, C], or either. */
  readonly takes: "row" | "image" | "any";
  readonly options: readonly LayerOption[];
}

/** A layer by name, with those options that differ from their defaults: names and numbers only. */
export type LayerSpec = { readonly layer: string } & Readonly<Record<string, string | number>>;

function integer(
  name: string,
  label: string,
  value: number,
  least: number,
  most: number,
): LayerOption {
  return { kind: "integer", name, label, default: value, least, most };
}

function number(
  name: string,
  label: string,
  value: number,
  least: number,
  most: number,
): LayerOption {
  return { kind: "number", name, label, default: value, least, most };
}

const rate = (value: number): LayerOption => number("rate", "probability to drop", value, 0, 0.99);
const eps = number("eps", "added to the variance", 1e-5, 1e-12, 1);
const decay = (value: number): LayerOption =>
  number("decay", "share of the old running value kept per step", value, 0, 0.9999);
const WIDEST = 16_384;

const weights: readonly LayerKind[] = [
  {
    name: "linear",
    label: "dense",
    group: "weights",
    takes: "row",
    options: [integer("units", "units", 128, 1, WIDEST)],
  },
  {
    name: "conv2d",
    label: "convolution",
    group: "weights",
    takes: "image",
    options: [
      integer("channels", "channels", 32, 1, 4096),
      integer("kernel", "side of the kernel", 3, 1, 15),
      integer("stride", "stride", 1, 1, 8),
      {
        kind: "choice",
        name: "padding",
        label: "padding",
        default: "same",
        choices: ["same", "valid"],
      },
    ],
  },
  { name: "output", label: "output", group: "weights", takes: "any", options: [] },
];

const normalization: readonly LayerKind[] = [
  {
    name: "batchNorm",
    label: "batch normalization",
    group: "normalization",
    takes: "any",
    options: [eps, decay(0.9)],
  },
  {
    name: "layerNorm",
    label: "layer normalization",
    group: "normalization",
    takes: "any",
    options: [eps],
  },
  {
    name: "rmsNorm",
    label: "RMS normalization",
    group: "normalization",
    takes: "any",
    options: [eps],
  },
  {
    name: "groupNorm",
    label: "group normalization",
    group: "normalization",
    takes: "any",
    options: [integer("groups", "groups at most", 8, 1, 1024), eps],
  },
  {
    name: "instanceNorm",
    label: "instance normalization",
    group: "normalization",
    takes: "image",
    options: [eps],
  },
  {
    name: "batchRenorm",
    label: "batch renormalization",
    group: "normalization",
    takes: "any",
    options: [eps, decay(0.99)],
  },
  {
    name: "ghostBatchNorm",
    label: "ghost batch normalization",
    group: "normalization",
    takes: "any",
    options: [integer("ghostSize", "examples per ghost batch", 16, 2, 4096), eps, decay(0.9)],
  },
  {
    name: "meanOnlyBatchNorm",
    label: "mean-only batch normalization",
    group: "normalization",
    takes: "any",
    options: [decay(0.9)],
  },
];

const dropouts: readonly LayerKind[] = [
  { name: "dropout", label: "dropout", group: "dropout", takes: "any", options: [rate(0.5)] },
  {
    name: "spatialDropout",
    label: "spatial dropout",
    group: "dropout",
    takes: "image",
    options: [rate(0.2)],
  },
  {
    name: "gaussianDropout",
    label: "Gaussian dropout",
    group: "dropout",
    takes: "any",
    options: [rate(0.2)],
  },
  {
    name: "alphaDropout",
    label: "alpha dropout",
    group: "dropout",
    takes: "any",
    options: [rate(0.1)],
  },
];

const activation = (
  name: string,
  label: string,
  options: readonly LayerOption[] = [],
): LayerKind => ({
  name,
  label,
  group: "activation",
  takes: "any",
  options,
});

const activations: readonly LayerKind[] = [
  activation("relu", "ReLU"),
  activation("leakyRelu", "leaky ReLU", [number("slope", "slope below 0", 0.01, 0, 1)]),
  activation("elu", "ELU", [number("alpha", "limit below 0", 1, 0.001, 100)]),
  activation("selu", "SELU"),
  activation("gelu", "GELU"),
  activation("silu", "SiLU"),
  activation("softplus", "softplus"),
  activation("sigmoid", "sigmoid"),
  activation("tanh", "tanh"),
];

const window = [integer("size", "side of the window", 2, 1, 16)];

const shapes: readonly LayerKind[] = [
  { name: "maxPool2d", label: "max pooling", group: "shape", takes: "image", options: window },
  { name: "avgPool2d", label: "mean pooling", group: "shape", takes: "image", options: window },
  {
    name: "globalAvgPool2d",
    label: "mean over all places",
    group: "shape",
    takes: "image",
    options: [],
  },
  { name: "flatten", label: "flatten", group: "shape", takes: "any", options: [] },
];

export const layerCatalog: readonly LayerKind[] = [
  ...weights,
  ...normalization,
  ...dropouts,
  ...activations,
  ...shapes,
];

/** The names of one group, in the catalog's order. */
export function layerNames(group: LayerKind["group"]): string[] {
  return layerCatalog.filter((kind) => kind.group === group).map(({ name }) => name);
}
