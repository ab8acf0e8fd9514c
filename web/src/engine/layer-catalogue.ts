/** The layers a reader can put together: what each is called, what it takes, and how it is made. */
import { type Argument, call, type Call, type Name } from "./call.ts";
import type { Options, OptionSpec } from "./layer-options.ts";

export const layerGroups = ["weights", "normalization", "noise", "activation", "shape"] as const;
type LayerGroup = (typeof layerGroups)[number];

export interface LayerKind {
  readonly title: string;
  readonly group: LayerGroup;
  readonly options: readonly OptionSpec[];
  /** For inputs [N, ...shape]; `classes` is the width of the network's last layer. */
  call(options: Options, shape: readonly number[], classes: number): Call;
}

const decay: OptionSpec = { name: "decay", type: "number", initial: 0.9, min: 0, max: 0.9999 };
const eps: OptionSpec = { name: "eps", type: "number", initial: 1e-5, min: 1e-12, max: 1 };
const rate: OptionSpec = { name: "rate", type: "number", initial: 0.5, min: 0, max: 0.95 };
const out: OptionSpec = {
  name: "out",
  type: "count",
  initial: 100,
  min: 1,
  max: 4096,
  orClasses: true,
};
const window: OptionSpec = { name: "window", type: "count", initial: 2, min: 1, max: 16 };

const weightOptions: readonly OptionSpec[] = [
  { name: "bias", type: "flag", initial: true },
  { name: "init", type: "choice", initial: "torch", choices: ["torch", "he", "normal"] },
  { name: "std", type: "number", initial: 0.01, min: 0, max: 10, when: ["init", "normal"] },
  {
    name: "weight",
    type: "choice",
    initial: "plain",
    choices: ["plain", "weightNorm", "spectralNorm", "weightStandardization", "dropConnect"],
  },
  { ...rate, when: ["weight", "dropConnect"] },
];

/** What goes with a weight: its first values; none where the library's defaults will do. */
function firstValues(options: Options): Readonly<Record<string, Argument>> {
  const zeros: Name = { name: "zeros" };
  const biased = options.flag("bias");
  switch (options.text("init")) {
    case "he":
      return { weight: { name: "heNormal" }, bias: biased && zeros };
    case "normal":
      return {
        weight: call("normal", { std: options.number("std") }),
        bias: biased && zeros,
      };
    default:
      return biased ? {} : { bias: false };
  }
}

/** What is done to a weight before it is used. */
function wrapped(inner: Call, options: Options): Call {
  switch (options.text("weight")) {
    case "weightNorm":
      return call("weightNorm", inner);
    case "spectralNorm":
      return call("spectralNorm", inner);
    case "weightStandardization":
      return call("weightStandardization", inner);
    case "dropConnect":
      return call("dropConnect", inner, { rate: options.number("rate") });
    default:
      return inner;
  }
}

/** An argument list that leaves out an empty last object. */
function callWith(callee: Call["callee"], first: readonly Argument[], last: object): Call {
  return Object.keys(last).length === 0
    ? call(callee, ...first)
    : call(callee, ...first, last as Argument);
}

const channelsOf = (shape: readonly number[]): number => shape.at(-1) ?? 1;

/** Takes the number of channels and some options. */
function normalizer(
  callee: Call["callee"],
  title: string,
  options: readonly OptionSpec[],
  always: readonly string[] = [],
): LayerKind {
  const names = options.map(({ name }) => name);
  return {
    title,
    group: "normalization",
    options,
    call: (given, shape) => {
      const needed = Object.fromEntries(always.map((name) => [name, given.number(name)]));
      return callWith(callee, [channelsOf(shape)], { ...needed, ...given.changed(...names) });
    },
  };
}

/** Takes options alone: those named always, others where they differ. */
function unary(
  callee: Call["callee"],
  title: string,
  group: LayerGroup,
  options: readonly OptionSpec[] = [],
  always: readonly string[] = [],
): LayerKind {
  return {
    title,
    group,
    options,
    call: (given) => {
      const needed = Object.fromEntries(always.map((name) => [name, given.number(name)]));
      const rest = given.changed(...options.map(({ name }) => name));
      return callWith(callee, [], { ...needed, ...rest });
    },
  };
}

function pool(callee: Call["callee"], title: string): LayerKind {
  return {
    title,
    group: "shape",
    options: [window],
    call: (given) => call(callee, given.number("window")),
  };
}

const linear: LayerKind = {
  title: "Linear",
  group: "weights",
  options: [out, ...weightOptions],
  call: (given, shape, classes) => {
    const sizes = [channelsOf(shape), given.width("out", classes)];
    return wrapped(callWith("linear", sizes, firstValues(given)), given);
  },
};

const conv2d: LayerKind = {
  title: "Conv 2-D",
  group: "weights",
  options: [
    { ...out, initial: 16, max: 1024 },
    { ...window, initial: 3 },
    { name: "stride", type: "count", initial: 1, min: 1, max: 4 },
    { name: "padding", type: "choice", initial: "same", choices: ["same", "valid"] },
    ...weightOptions,
  ],
  call: (given, shape, classes) => {
    const sizes = [channelsOf(shape), given.width("out", classes), given.number("window")];
    const { stride } = given.changed("stride");
    const around = given.text("padding") === "same" ? { padding: "same" } : {};
    const rest = { ...around, ...(stride !== undefined && { stride }), ...firstValues(given) };
    return wrapped(callWith("conv2d", sizes, rest), given);
  },
};

const groupNorm: LayerKind = {
  title: "GroupNorm",
  group: "normalization",
  options: [{ name: "groups", type: "count", initial: 4, min: 1, max: 256 }, eps],
  call: (given, shape) => {
    const sizes = [given.number("groups"), channelsOf(shape)];
    return callWith("groupNorm", sizes, given.changed("eps"));
  },
};

const batchNorm = normalizer("batchNorm", "BatchNorm", [
  { ...decay, when: ["statistics", "running"] },
  eps,
  { name: "statistics", type: "choice", initial: "running", choices: ["running", "batch"] },
  { name: "frozen", type: "flag", initial: false, when: ["statistics", "running"] },
]);

const testTime: OptionSpec = {
  name: "testTime",
  type: "choice",
  initial: "scale-inverted",
  choices: ["scale-inverted", "scale-weights"],
};

/** A kind by its name; undefined for any other text, such as one from an address. */
export function layerKind(kind: string): LayerKind | undefined {
  return Object.hasOwn(layerCatalogue, kind) ? layerCatalogue[kind] : undefined;
}

/** By kind; the order is that of the menus. */
export const layerCatalogue: Readonly<Record<string, LayerKind>> = {
  linear,
  conv2d,
  batchNorm,
  layerNorm: normalizer("layerNorm", "LayerNorm", [eps]),
  rmsNorm: normalizer("rmsNorm", "RMSNorm", [eps]),
  groupNorm,
  instanceNorm: normalizer("instanceNorm", "InstanceNorm", [eps]),
  ghostBatchNorm: normalizer(
    "ghostBatchNorm",
    "Ghost BatchNorm",
    [{ name: "ghostSize", type: "count", initial: 20, min: 2, max: 4096 }, decay, eps],
    ["ghostSize"],
  ),
  batchRenorm: normalizer("batchRenorm", "Batch Renorm", [
    { name: "ratioLimit", type: "number", initial: 3, min: 1, max: 100 },
    { name: "shiftLimit", type: "number", initial: 5, min: 0, max: 100 },
    { ...decay, initial: 0.99 },
    eps,
  ]),
  meanOnlyBatchNorm: normalizer("meanOnlyBatchNorm", "Mean-only BatchNorm", [decay]),
  lpBatchNorm: normalizer(
    "lpBatchNorm",
    "Lp BatchNorm",
    [{ name: "order", type: "count", initial: 1, min: 1, max: 8 }, decay, eps],
    ["order"],
  ),
  noisyBatchNorm: normalizer("noisyBatchNorm", "Noisy BatchNorm", [decay, eps]),
  dropout: unary("dropout", "Dropout", "noise", [rate, testTime], ["rate"]),
  spatialDropout: unary("spatialDropout", "Spatial dropout", "noise", [rate], ["rate"]),
  dropBlock: unary(
    "dropBlock",
    "DropBlock",
    "noise",
    [
      { ...rate, initial: 0.1 },
      { name: "blockSize", type: "count", initial: 3, min: 1, max: 16 },
    ],
    ["rate", "blockSize"],
  ),
  gaussianDropout: unary("gaussianDropout", "Gaussian dropout", "noise", [rate], ["rate"]),
  alphaDropout: unary(
    "alphaDropout",
    "Alpha dropout",
    "noise",
    [{ ...rate, initial: 0.1 }],
    ["rate"],
  ),
  relu: unary("relu", "ReLU", "activation"),
  sigmoid: unary("sigmoid", "Sigmoid", "activation"),
  tanh: unary("tanh", "Tanh", "activation"),
  gelu: unary("gelu", "GELU", "activation"),
  silu: unary("silu", "SiLU", "activation"),
  selu: unary("selu", "SELU", "activation"),
  softplus: unary("softplus", "Softplus", "activation"),
  leakyRelu: unary("leakyRelu", "Leaky ReLU", "activation", [
    { name: "slope", type: "number", initial: 0.01, min: 0, max: 1 },
  ]),
  elu: unary("elu", "ELU", "activation", [
    { name: "alpha", type: "number", initial: 1, min: 0.01, max: 10 },
  ]),
  flatten: unary("flatten", "Flatten", "shape"),
  maxPool2d: pool("maxPool2d", "Max pool"),
  avgPool2d: pool("avgPool2d", "Average pool"),
  globalAvgPool2d: unary("globalAvgPool2d", "Global average pool", "shape"),
};
