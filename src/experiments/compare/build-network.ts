/** Networks from plain data: each layer is looked up by its name, and nothing is ever evaluated. */
import { OptionError } from "../../base/errors.ts";
import { showShape, sizeOf, type Shape } from "../../base/shape.ts";
import * as nn from "../../nn/index.ts";
import { summarize } from "../../train/summarize.ts";
import { layerCatalog, type LayerKind, type LayerOption, type LayerSpec } from "./layer-catalog.ts";

/** More layers than this are a mistake, or an attack. */
const MOST_LAYERS = 200;

/** A layer's options, all of them, each within its range. */
type LayerValues = Readonly<Record<string, number | string>>;

type Maker = (shape: Shape, values: LayerValues, outputs: number) => nn.Module;

const channels = (shape: Shape): number => shape.at(-1)!;
const numbers = (values: LayerValues): Record<string, number> => values as Record<string, number>;

const makers: Readonly<Record<string, Maker>> = {
  linear: (shape, values) => nn.linear(channels(shape), numbers(values)["units"]!),
  conv2d: (shape, values) => {
    const { channels: out, kernel, stride } = numbers(values);
    const padding = values["padding"] === "same" ? "same" : "valid";
    return nn.conv2d(channels(shape), out!, kernel!, { stride: stride!, padding });
  },
  output: (shape, _, outputs) => {
    const last = nn.linear(sizeOf(shape), outputs);
    return shape.length === 1 ? last : nn.sequential(nn.flatten(), last);
  },
  batchNorm: (shape, values) => nn.batchNorm(channels(shape), numbers(values)),
  layerNorm: (shape, values) => nn.layerNorm(channels(shape), numbers(values)),
  rmsNorm: (shape, values) => nn.rmsNorm(channels(shape), numbers(values)),
  groupNorm: (shape, values) => {
    const { groups, eps } = numbers(values);
    return nn.groupNorm(groupsFor(channels(shape), groups!), channels(shape), { eps: eps! });
  },
  instanceNorm: (shape, values) => nn.instanceNorm(channels(shape), numbers(values)),
  batchRenorm: (shape, values) => nn.batchRenorm(channels(shape), numbers(values)),
  ghostBatchNorm: (shape, values) =>
    nn.ghostBatchNorm(channels(shape), numbers(values) as unknown as nn.GhostBatchNormOptions),
  meanOnlyBatchNorm: (shape, values) => nn.meanOnlyBatchNorm(channels(shape), numbers(values)),
  dropout: (_, values) => nn.dropout({ rate: numbers(values)["rate"]! }),
  spatialDropout: (_, values) => nn.spatialDropout({ rate: numbers(values)["rate"]! }),
  gaussianDropout: (_, values) => nn.gaussianDropout({ rate: numbers(values)["rate"]! }),
  alphaDropout: (_, values) => nn.alphaDropout({ rate: numbers(values)["rate"]! }),
  relu: () => nn.relu(),
  leakyRelu: (_, values) => nn.leakyRelu(numbers(values)),
  elu: (_, values) => nn.elu(numbers(values)),
  selu: () => nn.selu(),
  gelu: () => nn.gelu(),
  silu: () => nn.silu(),
  softplus: () => nn.softplus(),
  sigmoid: () => nn.sigmoid(),
  tanh: () => nn.tanh(),
  maxPool2d: (_, values) => nn.maxPool2d(numbers(values)["size"]!),
  avgPool2d: (_, values) => nn.avgPool2d(numbers(values)["size"]!),
  globalAvgPool2d: () => nn.globalAvgPool2d(),
  flatten: () => nn.flatten(),
};

/** As many groups as asked for, or the next smaller number that divides the channels. */
function groupsFor(count: number, wanted: number): number {
  let groups = Math.min(wanted, count);
  while (count % groups !== 0) groups--;
  return groups;
}

/**
 * The network of a list of layers for examples of `shape`. Sizes of inputs follow from the layers
 * before; what stands last is the output layer, `outputs` units wide, which may be left out.
 *
 * Errors: OptionError for a name or option that the catalog does not have, a value out of range,
 *         or a layer that does not fit where it stands.
 */
export function buildNetwork(
  layers: readonly LayerSpec[],
  shape: Shape,
  outputs: number,
): nn.Module {
  if (layers.length > MOST_LAYERS) {
    throw new OptionError(`layers: must be at most ${MOST_LAYERS}, got ${layers.length}`);
  }
  const ended = layers.at(-1)?.layer === "output" ? layers : [...layers, { layer: "output" }];
  const modules: nn.Module[] = [];
  let current = shape;
  ended.forEach((spec, index) => {
    const kind = kindOf(spec, index);
    if (kind.name === "output" && index < layers.length - 1) {
      throw new OptionError(
        `layer ${index + 1}: output must be the last layer, got ${layers.length - 1 - index} more`,
      );
    }
    if (kind.takes === "image" && current.length !== 3) {
      throw new OptionError(
        `layer ${index + 1}: ${kind.name} takes images [height, width, channels], got ${showShape(current)}`,
      );
    }
    if (kind.name === "linear" && current.length > 1) {
      modules.push(nn.flatten());
      current = [sizeOf(current)];
    }
    const module = makers[kind.name]!(current, valuesOf(spec, kind, index), outputs);
    current = outputShape(module, current, index);
    modules.push(module);
  });
  return nn.sequential(...modules);
}

/** A description of a list of layers on one line: `linear 128, batchNorm, relu`. */
export function showLayers(layers: readonly LayerSpec[]): string {
  return layers
    .map(({ layer, ...options }) => [layer, ...Object.values(options)].join(" "))
    .join(", ");
}

function outputShape(module: nn.Module, shape: Shape, index: number): Shape {
  try {
    return summarize(module, { inputShape: shape }).rows.at(-1)!.output.slice(1);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new OptionError(`layer ${index + 1}: must fit ${showShape(shape)}, got ${reason}`, {
      cause,
    });
  }
}

function kindOf({ layer }: LayerSpec, index: number): LayerKind {
  const kind = layerCatalog.find(({ name }) => name === layer);
  if (kind !== undefined) return kind;
  const known = layerCatalog.map(({ name }) => name).join(", ");
  throw new OptionError(
    `layer ${index + 1}: must be one of ${known}, got ${JSON.stringify(layer)}`,
  );
}

function valuesOf(spec: LayerSpec, kind: LayerKind, index: number): LayerValues {
  const given: Readonly<Record<string, string | number>> = spec;
  const who = `layer ${index + 1}: ${kind.name}`;
  const names = kind.options.map(({ name }) => name);
  const unknown = Object.keys(given).find((name) => name !== "layer" && !names.includes(name));
  if (unknown !== undefined) {
    const known = names.length === 0 ? "none" : names.join(", ");
    throw new OptionError(
      `${who} must have no options but ${known}, got ${JSON.stringify(unknown)}`,
    );
  }
  return Object.fromEntries(
    kind.options.map((option) => [option.name, valueOf(given[option.name], option, who)]),
  );
}

function valueOf(
  value: string | number | undefined,
  option: LayerOption,
  who: string,
): string | number {
  if (value === undefined) return option.default;
  if (option.kind === "choice") {
    if (typeof value === "string" && option.choices.includes(value)) return value;
    throw new OptionError(
      `${who}: ${option.name} must be one of ${option.choices.join(", ")}, got ${JSON.stringify(value)}`,
    );
  }
  const { least, most, kind, name } = option;
  const fits = typeof value === "number" && value >= least && value <= most;
  if (fits && (kind === "number" || Number.isInteger(value))) return value;
  throw new OptionError(
    `${who}: ${name} must be ${kind === "integer" ? "an integer" : "a number"} in [${least}, ${most}], got ${JSON.stringify(value)}`,
  );
}
