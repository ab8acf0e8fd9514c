/**
 * What each layer of the library is held against, and where: `docs/coverage.md` is made of it, and
 * `coverage.test.ts` finds a layer that is missing here, or a file that does not use its layer.
 */
import { readFileSync } from "node:fs";
import * as nn from "../src/nn/index.ts";
import { models } from "./onnx-models.ts";

/** Numbers from elsewhere: PyTorch's own layer, or a formula written a second time in float64. */
interface Golden {
  readonly by: "PyTorch" | "a second formula";
  readonly file: string;
}

interface LayerCases {
  readonly golden: Golden;
  /** Files with what must hold of it for any numbers. */
  readonly properties: readonly string[];
  /** The file that runs it on every backend, with generated shapes and options or all its cases. */
  readonly agreement: string;
}

const LAYERS = "test/torch-layers.test.ts";
const WINDOWS = "test/torch-convolution.test.ts";
const TRAINING = "test/torch-training.test.ts";
const PROPERTIES = "test/layer-properties.test.ts";
const RANDOM = "test/random-layers.test.ts";
const FOLDED = "test/fold-normalization.test.ts";
const AGREEMENT = "test/layer-agreement.test.ts";

const byTorch = (
  file: string,
  properties: readonly string[] = [],
  agreement = AGREEMENT,
): LayerCases => ({ golden: { by: "PyTorch", file }, properties, agreement });

const byFormula = (
  file: string,
  properties: readonly string[] = [],
  agreement = AGREEMENT,
): LayerCases => ({ golden: { by: "a second formula", file }, properties, agreement });

export const layerCases: Readonly<Record<string, LayerCases>> = {
  alphaDropout: byFormula(LAYERS, [RANDOM]),
  avgPool2d: byTorch(WINDOWS),
  batchNorm: byTorch(LAYERS, [PROPERTIES, FOLDED]),
  batchRenorm: byFormula(LAYERS, [FOLDED]),
  conv2d: byTorch(WINDOWS),
  dropBlock: byFormula(LAYERS, [RANDOM]),
  dropConnect: byFormula(LAYERS, [RANDOM, FOLDED]),
  dropout: byFormula(LAYERS, [RANDOM, FOLDED]),
  elu: byTorch(LAYERS),
  embedding: byTorch("test/torch-embedding.test.ts", [], "test/torch-embedding.test.ts"),
  featureAlphaDropout: byFormula(LAYERS, [RANDOM]),
  flatten: byFormula("src/nn/layers.test.ts"),
  gaussianDropout: byFormula(LAYERS, [RANDOM]),
  gelu: byTorch(LAYERS),
  ghostBatchNorm: byFormula(LAYERS, [PROPERTIES, FOLDED]),
  globalAvgPool2d: byFormula("src/nn/conv2d.test.ts"),
  groupNorm: byTorch(LAYERS, [PROPERTIES]),
  instanceNorm: byTorch(LAYERS, [PROPERTIES, FOLDED]),
  layerNorm: byTorch(LAYERS, [PROPERTIES]),
  leakyRelu: byTorch(LAYERS),
  linear: byTorch(TRAINING),
  localResponseNorm: byTorch(LAYERS, [PROPERTIES]),
  lpBatchNorm: byFormula(LAYERS, [PROPERTIES, FOLDED]),
  maxPool2d: byTorch(WINDOWS),
  meanOnlyBatchNorm: byFormula(LAYERS, [PROPERTIES, FOLDED]),
  noisyBatchNorm: byFormula(LAYERS, [FOLDED]),
  parallel: byFormula("src/nn/branches.test.ts", [FOLDED]),
  relu: byTorch(TRAINING),
  residual: byFormula("src/nn/branches.test.ts", [FOLDED]),
  rmsNorm: byFormula(LAYERS, [PROPERTIES]),
  selu: byTorch(LAYERS, [RANDOM]),
  sequential: byTorch(TRAINING),
  sigmoid: byTorch(TRAINING),
  silu: byTorch(LAYERS),
  softmax: byTorch(LAYERS),
  softplus: byTorch(LAYERS),
  spatialDropout: byFormula(LAYERS, [RANDOM]),
  spectralNorm: byTorch(LAYERS, [PROPERTIES, FOLDED]),
  stochasticDepth: byFormula(LAYERS, [RANDOM, FOLDED]),
  tanh: byTorch(TRAINING),
  unitNoise: byFormula(RANDOM, [RANDOM]),
  weightNorm: byTorch(LAYERS, [PROPERTIES, FOLDED]),
  weightStandardization: byFormula(LAYERS, [PROPERTIES, FOLDED]),
};

/** What the room exports that is no layer: functions that do something, initializers, losses, members. */
const NOT_LAYERS = [
  /^(check|define|export|fold|from|initialize|inspect|is|load|read|stream|to|trace|write)(?![a-z])/,
  /^(constant|normal|ones|uniform|zeros|(glorot|he|lecun)(Normal|Uniform))$/,
  /^(crossEntropy|meanSquaredError|memberTree|parameter|statistic)$/,
];

/** The names of all layers that the library exports. */
export function exportedLayers(): string[] {
  return Object.entries(nn)
    .filter(([, value]) => typeof value === "function")
    .map(([name]) => name)
    .filter((name) => !NOT_LAYERS.some((kind) => kind.test(name)));
}

/** Does a file use this name, beside importing it and speaking of it? */
export function uses(file: string, name: string): boolean {
  const text = readFileSync(new URL(`../${file}`, import.meta.url), "utf8");
  const code = text
    .replaceAll(/^import [^;]*;$/gm, "")
    .replaceAll(/\/\*[\s\S]*?\*\//g, "")
    .replaceAll(/\/\/.*$/gm, "");
  return new RegExp(`(?<![\\w."'])${name}(?=[(,\\])])`).test(code);
}

/** How many networks with this layer are exported to ONNX and compared. */
export function onnxCases(name: string): number {
  const has = (module: object): boolean =>
    Object.values(module).some(
      (part: unknown) => typeof part === "object" && part !== null && has(part),
    ) ||
    ("label" in module && labelOf(module.label as string) === name);
  return Object.values(models).filter(({ model }) => has(model)).length;
}

const labelOf = (label: string): string => /^\w+/.exec(label)![0];
