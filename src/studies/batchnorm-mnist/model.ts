import {
  batchNorm,
  linear,
  normal,
  sequential,
  sigmoid,
  zeros,
  type Module,
} from "../../nn/index.ts";

export type BatchNormArm = "plain" | "bn";

/** Pixels, units per hidden layer, classes. */
const INPUTS = 784;
const HIDDEN = 100;
const CLASSES = 10;

/** Standard deviation of first weights: with a fan-in of 100, about one unit per pre-activation. */
export const WEIGHT_STD = 0.1;

/**
 * 784 → three hidden layers of 100 sigmoids → 10 logits. With normalization, each hidden layer is
 * sigmoid(BN(x · W)) and has no bias of its own: the layer's shift takes its place.
 *
 * Source: Ioffe & Szegedy 2015, arXiv:1502.03167, sections 3.2 and 4.1.
 */
export function mnistNetwork(arm: BatchNormArm): Module {
  const weight = normal({ std: WEIGHT_STD });
  const hidden = [INPUTS, HIDDEN, HIDDEN].flatMap((width): Module[] =>
    arm === "bn"
      ? [linear(width, HIDDEN, { weight, bias: false }), batchNorm(HIDDEN), sigmoid()]
      : [linear(width, HIDDEN, { weight, bias: zeros }), sigmoid()],
  );
  return sequential(...hidden, linear(HIDDEN, CLASSES, { weight, bias: zeros }));
}

/** Where the last hidden sigmoid is, and the parameters that say how its input is normalized. */
export const lastSigmoid: Readonly<
  Record<
    BatchNormArm,
    { readonly path: string; readonly target?: { readonly scale: string; readonly shift: string } }
  >
> = {
  plain: { path: "5" },
  bn: { path: "8", target: { scale: "7.scale", shift: "7.shift" } },
};
