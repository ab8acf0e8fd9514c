import type { Module } from "../../nn/index.ts";
import { denseNetwork, type UnitNoise } from "../dropout-parts/dense-network.ts";
import { KEEP_HIDDEN, KEEP_INPUT } from "../dropout-parts/recipe.ts";

export type DropoutMnistArm =
  | "logistic"
  | "logistic-dropout"
  | "relu"
  | "relu-max-norm"
  | "relu-dropout"
  | "relu-dropout-max-norm"
  | "relu-dropout-max-norm-wide"
  | "relu-gaussian-max-norm";

export interface ArmRecipe {
  readonly unit: "relu" | "logistic";
  readonly noise: UnitNoise["kind"] | null;
  readonly maxNorm: boolean;
  /** Multiplies the units of each hidden layer. */
  readonly widen: number;
  /** First learning rate, tuned for each arm on digits held out of training: see `differs`. */
  readonly rate: number;
}

/** Rates: fixtures/dropout-mnist-rate.ts. The wide network has that of its narrow one. */
export const recipes: Readonly<Record<DropoutMnistArm, ArmRecipe>> = {
  logistic: { unit: "logistic", noise: null, maxNorm: false, widen: 1, rate: 1 },
  "logistic-dropout": { unit: "logistic", noise: "bernoulli", maxNorm: false, widen: 1, rate: 1 },
  relu: { unit: "relu", noise: null, maxNorm: false, widen: 1, rate: 0.3 },
  "relu-max-norm": { unit: "relu", noise: null, maxNorm: true, widen: 1, rate: 0.3 },
  "relu-dropout": { unit: "relu", noise: "bernoulli", maxNorm: false, widen: 1, rate: 0.06 },
  "relu-dropout-max-norm": { unit: "relu", noise: "bernoulli", maxNorm: true, widen: 1, rate: 0.1 },
  "relu-dropout-max-norm-wide": {
    unit: "relu",
    noise: "bernoulli",
    maxNorm: true,
    widen: 2,
    rate: 0.1,
  },
  "relu-gaussian-max-norm": {
    unit: "relu",
    noise: "gaussian",
    maxNorm: true,
    widen: 1,
    rate: 0.06,
  },
};

export interface NetworkSizes {
  readonly layers: number;
  readonly width: number;
}

/** 784 → hidden layers → 10 logits, with the arm's units and noise: keep 0.8 of inputs, 0.5 of units. */
export function mnistNetwork(
  { unit, noise, widen }: Pick<ArmRecipe, "unit" | "noise" | "widen">,
  { layers, width }: NetworkSizes,
): Module {
  return denseNetwork({
    inputs: 784,
    hidden: new Array<number>(layers).fill(width * widen),
    classes: 10,
    unit,
    ...(noise && {
      inputNoise: { kind: noise, keep: KEEP_INPUT },
      hiddenNoise: { kind: noise, keep: KEEP_HIDDEN },
    }),
  });
}
