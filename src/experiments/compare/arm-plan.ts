/** Settings filled in: the network an arm trains, its optimizer, and what it is called. */
import { OptionError } from "../../base/errors.ts";
import type { Shape } from "../../base/shape.ts";
import type { ArmSettings, NamedSettings } from "./arm-settings.ts";
import type { LayerSpec } from "./layer-catalog.ts";

export interface OptimizerSpec {
  readonly name: "adam" | "adamW" | "sgd";
  readonly learningRate: number;
  readonly momentum: number;
  readonly weightDecay: number;
}

/** All that decides an arm's runs, besides data, seed and number of steps. */
export interface ArmPlan {
  /** Part of a folder's name. */
  readonly id: string;
  /** As tables show it: `batchNorm + dropout 0.2`. */
  readonly label: string;
  readonly layers: readonly LayerSpec[];
  readonly optimizer: OptimizerSpec;
  readonly batchSize: number;
}

type Filled = Required<{ [Name in keyof ArmSettings]: NonNullable<ArmSettings[Name]> }>;

/** What an arm has that does not say otherwise, for rows of features and for images. */
function defaultSettings(shape: Shape, examples: number): Omit<Filled, "layers"> {
  const image = shape.length === 3;
  return {
    normalizer: "none",
    dropout: 0,
    activation: "relu",
    width: image ? 16 : 128,
    depth: 2,
    optimizer: "adam",
    learningRate: 0.001,
    momentum: 0,
    weightDecay: 0,
    // A small training part still fills several batches.
    batchSize: Math.max(1, Math.min(64, Math.floor(examples / 4))),
  };
}

/** The arms in a comparison that names none: the usual candidates. */
export const usualArms: readonly NamedSettings[] = [
  {},
  { normalizer: "batchNorm" },
  { normalizer: "layerNorm" },
  { dropout: 0.2 },
  { normalizer: "batchNorm", dropout: 0.2 },
  { normalizer: "layerNorm", dropout: 0.2 },
];

/**
 * The arms of a comparison, in the order given.
 *
 * Errors: OptionError for fewer than one, or two of one name.
 */
export function planArms(
  given: readonly NamedSettings[],
  shared: ArmSettings,
  shape: Shape,
  examples: number,
): ArmPlan[] {
  const base = { ...defaultSettings(shape, examples), ...defined(shared) };
  const arms = given.map((settings): ArmPlan => {
    const label = settings.name ?? labelOf(settings, base);
    const filled = { ...base, ...defined(settings) };
    const { optimizer: name, learningRate, momentum, weightDecay, batchSize } = filled;
    return {
      id: idOf(label),
      label,
      layers: filled.layers ?? templateLayers(filled, shape),
      optimizer: { name, learningRate, momentum, weightDecay },
      batchSize,
    };
  });
  const ids = arms.map(({ id }) => id);
  const twice = arms.find(({ id }, i) => ids.indexOf(id) !== i);
  if (twice !== undefined) {
    throw new OptionError(`arms: must have distinct names, got "${twice.label}" twice`);
  }
  if (arms.length === 0) throw new OptionError("arms: must be at least one, got none");
  return arms;
}

function defined<T extends object>(settings: T): Partial<{ [K in keyof T]: NonNullable<T[K]> }> {
  const entries = Object.entries(settings).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Partial<{ [K in keyof T]: NonNullable<T[K]> }>;
}

/** The usual network around settings: dense layers for rows, a small convolutional net for images. */
function templateLayers(
  { normalizer, dropout, activation, width, depth }: Omit<Filled, "layers">,
  shape: Shape,
): LayerSpec[] {
  const normalized: LayerSpec[] = normalizer === "none" ? [] : [{ layer: normalizer }];
  const dropped: LayerSpec[] = dropout === 0 ? [] : [{ layer: "dropout", rate: dropout }];
  const after = [...normalized, { layer: activation }];
  if (shape.length !== 3) {
    const hidden: LayerSpec[] = [{ layer: "linear", units: width }, ...after, ...dropped];
    return Array.from({ length: depth }, () => hidden).flat();
  }
  const side = Math.min(shape[0]!, shape[1]!);
  const pools = Math.min(depth, Math.floor(Math.log2(side)));
  const blocks = Array.from({ length: depth }, (_, block): LayerSpec[] => [
    { layer: "conv2d", channels: width * 2 ** Math.min(block, 4) },
    ...after,
    ...(block < pools ? [{ layer: "maxPool2d" }] : []),
  ]);
  return [...blocks.flat(), { layer: "linear", units: 4 * width }, ...after, ...dropped];
}

/** What sets an arm apart from the shared settings: `batchNorm + dropout 0.2`; else `none`. */
function labelOf({ layers, ...settings }: ArmSettings, base: Omit<ArmSettings, "layers">): string {
  const parts = Object.entries(settings).flatMap(([name, value]): string[] => {
    if (value === undefined || value === base[name as keyof typeof base]) return [];
    if (value === "none") return ["no normalizer"];
    if (name === "dropout" && value === 0) return ["no dropout"];
    return typeof value === "string" ? [value] : [`${spaced(name)} ${value}`];
  });
  if (layers !== undefined) parts.push(`${layers.length} layers`);
  return parts.length === 0 ? "none" : parts.join(" + ");
}

const spaced = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

function idOf(label: string): string {
  const id = label
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return id === "" ? "arm" : id;
}
