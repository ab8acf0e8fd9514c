import type { Dataset } from "../../data/index.ts";
import {
  alphaDropout,
  batchNorm,
  heNormal,
  initialize,
  lecunNormal,
  linear,
  relu,
  selu,
  sequential,
  zeros,
  type Module,
  type Weights,
} from "../../nn/index.ts";

export const kinds = ["snn", "snn-dropout", "bn"] as const;
export type Kind = (typeof kinds)[number];

export const depths = [8, 16, 32] as const;
export type Depth = (typeof depths)[number];

const CLASSES = 10;
/** Share of units that alpha dropout replaces: the lower end of the 5 to 10 % its paper suggests. */
export const DROP_RATE = 0.05;
/**
 * Added to every pixel's variance before standardizing: the square of 0.1, so that border pixels
 * lit in a few digits of thousands do not become inputs of hundreds.
 */
export const PIXEL_EPS = 0.01;

/** One hidden layer. BatchNorm stands after the ReLU, where the paper's code has it. */
function hiddenLayer(kind: Kind, from: number, width: number): Module[] {
  if (kind === "bn") {
    return [linear(from, width, { weight: heNormal, bias: zeros }), relu(), batchNorm(width)];
  }
  const layer = [linear(from, width, { weight: lecunNormal, bias: zeros }), selu()];
  return kind === "snn" ? layer : [...layer, alphaDropout({ rate: DROP_RATE })];
}

/**
 * `depth` hidden layers of `width` units on standardized inputs. The first layer standardizes with
 * fixed statistics, which `standardizing` fills in.
 *
 * Source: Klambauer et al. 2017, arXiv:1706.02515, section 2 and figure 1.
 */
export function deepNetwork(kind: Kind, depth: Depth, inputs: number, width: number): Module {
  const fixed = batchNorm(inputs, { frozen: true, scale: false, shift: false, eps: PIXEL_EPS });
  const hidden = Array.from({ length: depth }, (_, layer) =>
    hiddenLayer(kind, layer === 0 ? inputs : width, width),
  );
  const head = linear(width, CLASSES, { weight: lecunNormal, bias: zeros });
  return sequential(fixed, ...hidden.flat(), head);
}

/** What each hidden layer puts out: paths of the modules whose output it is, first layer first. */
export function hiddenOutputs(kind: Kind, depth: Depth): string[] {
  const [perLayer, place] = kind === "snn" ? [2, 2] : [3, kind === "bn" ? 3 : 2];
  return Array.from({ length: depth }, (_, layer) => String(layer * perLayer + place));
}

/**
 * First weights, with every pixel's mean and variance over the training images in the first layer;
 * variances are scaled so that, eps and all, its outputs have variance 1 on average over the pixels,
 * which is what the fixed point of the hidden layers starts from.
 */
export function standardizing(model: Module, seed: number, { train }: Dataset): Weights {
  const { inputs, inputScale = 1, count } = train;
  const size = inputs.length / count;
  const mean = new Float64Array(size);
  const square = new Float64Array(size);
  for (let i = 0; i < inputs.length; i++) {
    const value = inputs[i]! * inputScale;
    mean[i % size]! += value / count;
    square[i % size]! += value ** 2 / count;
  }
  const weights = new Map(initialize(model, seed));
  const put = (path: string, values: Float64Array): void => {
    weights.set(path, { shape: [size], dtype: "f32", data: Float32Array.from(values) });
  };
  const variance = square.map((value, i) => Math.max(0, value - mean[i]! ** 2));
  const kept = variance.reduce((sum, value) => sum + value / (value + PIXEL_EPS) / size, 0);
  put("0.mean", mean);
  put(
    "0.variance",
    variance.map((value) => (value + PIXEL_EPS) * kept - PIXEL_EPS),
  );
  return weights;
}
