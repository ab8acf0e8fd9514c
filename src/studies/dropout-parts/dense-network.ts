import {
  dropout,
  gaussianDropout,
  glorotNormal,
  heNormal,
  linear,
  relu,
  sequential,
  sigmoid,
  zeros,
  type Module,
} from "../../nn/index.ts";

/** What multiplies the units of a layer while training. */
export interface UnitNoise {
  readonly kind: "bernoulli" | "gaussian";
  /** Probability to keep a unit; the Gaussian's variance is (1 − keep) / keep. 1 is no noise. */
  readonly keep: number;
}

export interface DenseNetworkOptions {
  readonly inputs: number;
  /** Units of each hidden layer. */
  readonly hidden: readonly number[];
  readonly classes: number;
  readonly unit: "relu" | "logistic";
  /** On the inputs; defaults to *none*. */
  readonly inputNoise?: UnitNoise;
  /** On the outputs of every hidden layer; defaults to *none*. */
  readonly hiddenNoise?: UnitNoise;
}

const UNITS = { relu, logistic: sigmoid } as const;
/** He's first weights for ReLU; Glorot's for logistic units. */
const FIRST_WEIGHTS = { relu: heNormal, logistic: glorotNormal } as const;

/**
 * A network of dense layers with a mask, or Gaussian factors, on inputs and hidden units, fresh for
 * every example. The noisy and the plain one of the same sizes have the same first weights.
 *
 * Source: Srivastava et al. 2014, JMLR 15, sections 4 and 10.
 */
export function denseNetwork(options: DenseNetworkOptions): Module {
  const { inputs, hidden, classes, unit, inputNoise, hiddenNoise } = options;
  const weight = FIRST_WEIGHTS[unit];
  const widths = [inputs, ...hidden];
  const layers = hidden.flatMap((width, at): Module[] => [
    linear(widths[at]!, width, { weight, bias: zeros }),
    UNITS[unit](),
    ...noiseLayer(hiddenNoise),
  ]);
  const top = linear(widths.at(-1)!, classes, { weight: glorotNormal, bias: zeros });
  return sequential(...noiseLayer(inputNoise), ...layers, top);
}

function noiseLayer(noise: UnitNoise | undefined): Module[] {
  if (noise === undefined || noise.keep === 1) return [];
  const { kind, keep } = noise;
  return [kind === "bernoulli" ? dropout({ keep }) : gaussianDropout({ keep })];
}
