import {
  batchNorm,
  heNormal,
  linear,
  normal,
  relu,
  sequential,
  sigmoid,
  zeros,
  type Initializer,
  type Module,
} from "../../nn/index.ts";

export const activations = ["sigmoid", "relu"] as const;
export type Activation = (typeof activations)[number];

export const normalizations = ["plain", "bn"] as const;
export type Normalization = (typeof normalizations)[number];

/** Pixels, units per hidden layer, classes. */
const INPUTS = 784;
const HIDDEN = 100;
const CLASSES = 10;

/** Standard deviation of a sigmoid net's first weights, as in the study of the paper's figure 1. */
export const SIGMOID_STD = 0.1;

const firstWeights: Readonly<Record<Activation, Initializer>> = {
  sigmoid: normal({ std: SIGMOID_STD }),
  relu: heNormal,
};

/**
 * 784 → three hidden layers of 100 units → 10 logits. With normalization, each hidden layer is
 * g(BN(x · W)), its shift in the place of the bias.
 *
 * Source: Ioffe & Szegedy 2015, arXiv:1502.03167, sections 3.2 and 4.1.
 */
export function rateNetwork(activation: Activation, normalization: Normalization): Module {
  const weight = firstWeights[activation];
  const act = activation === "sigmoid" ? sigmoid : relu;
  const hidden = [INPUTS, HIDDEN, HIDDEN].flatMap((width): Module[] =>
    normalization === "bn"
      ? [linear(width, HIDDEN, { weight, bias: false }), batchNorm(HIDDEN), act()]
      : [linear(width, HIDDEN, { weight, bias: zeros }), act()],
  );
  return sequential(...hidden, linear(HIDDEN, CLASSES, { weight, bias: zeros }));
}
