import type { Split } from "../../data/index.ts";
import {
  dropout,
  glorotNormal,
  heNormal,
  linear,
  relu,
  sequential,
  sigmoid,
  zeros,
  type Module,
} from "../../nn/index.ts";

export type FeaturesArm = "without" | "with";

export const PIXELS = 784;
export const HIDDEN = 256;
export const KEEP = 0.5;

/** Image to hidden units: the part whose weights are the features. */
function encoder(): readonly [Module, Module] {
  return [linear(PIXELS, HIDDEN, { weight: heNormal, bias: zeros }), relu()];
}

/**
 * 784 → 256 ReLU → 784 logistic outputs. Dropout is in the paper's own form: kept units are not
 * scaled while training, all are multiplied with the probability to keep at test.
 *
 * Source: Srivastava et al. 2014, JMLR 15, section 7.1; the outputs as in its authors' released
 *         autoencoder.
 */
export function autoencoder(arm: FeaturesArm): Module {
  const noise = arm === "with" ? [dropout({ keep: KEEP, testTime: "scale-weights" })] : [];
  const decoder = linear(HIDDEN, PIXELS, { weight: glorotNormal, bias: zeros });
  return sequential(...encoder(), ...noise, decoder, sigmoid());
}

/** The hidden units alone; they have the autoencoder's own names for their weights. */
export function hiddenUnits(): Module {
  return sequential(...encoder());
}

export const ENCODER_WEIGHT = "0.weight";
export const ENCODER_BIAS = "0.bias";

/** A split whose targets are its own inputs. */
export function reconstructing(split: Split): Split {
  const { inputs, inputScale = 1, shape } = split;
  const targets = new Float32Array(inputs.length);
  // A plain loop: there are up to 47 million of them.
  for (let at = 0; at < targets.length; at++) targets[at] = inputs[at]! * inputScale;
  return { ...split, targets, targetShape: shape };
}
