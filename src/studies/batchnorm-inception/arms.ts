import type { Arm } from "../../experiments/index.ts";
import type { InceptionOptions } from "./model.ts";

/** The best rate of the net without normalization: see fixtures/batchnorm-inception.ts. */
export const BASE_RATE = 0.03;

export interface InceptionSetting extends Omit<InceptionOptions, "width"> {
  /** Times the base rate. */
  readonly factor: number;
}

export type InceptionArm =
  | "inception"
  | "inception-plain"
  | "inception-x5"
  | "bn"
  | "bn-x5"
  | "bn-x5-dropout"
  | "bn-x30"
  | "bn-x5-sigmoid"
  | "sigmoid";

export const settings: Readonly<Record<InceptionArm, InceptionSetting>> = {
  inception: { normalized: false, activation: "relu", dropout: true, factor: 1 },
  "inception-plain": { normalized: false, activation: "relu", dropout: false, factor: 1 },
  "inception-x5": { normalized: false, activation: "relu", dropout: true, factor: 5 },
  bn: { normalized: true, activation: "relu", dropout: true, factor: 1 },
  "bn-x5": { normalized: true, activation: "relu", dropout: false, factor: 5 },
  "bn-x5-dropout": { normalized: true, activation: "relu", dropout: true, factor: 5 },
  "bn-x30": { normalized: true, activation: "relu", dropout: false, factor: 30 },
  "bn-x5-sigmoid": { normalized: true, activation: "sigmoid", dropout: false, factor: 5 },
  sigmoid: { normalized: false, activation: "sigmoid", dropout: true, factor: 1 },
};

const LABELS: Readonly<Record<InceptionArm, readonly [label: string, short: string]>> = {
  inception: ["Inception", "Inception"],
  "inception-plain": ["Inception without dropout", "no dropout"],
  "inception-x5": ["Inception, rate ×5", "×5"],
  bn: ["BN-Baseline: Inception with BN", "BN"],
  "bn-x5": ["BN-x5, without dropout", "BN ×5"],
  "bn-x5-dropout": ["BN-x5 with dropout", "BN ×5, dropout"],
  "bn-x30": ["BN-x30, without dropout", "BN ×30"],
  "bn-x5-sigmoid": ["BN-x5-Sigmoid, without dropout", "BN ×5, sigmoid"],
  sigmoid: ["Inception with sigmoids", "sigmoid"],
};

export function rateOf(arm: InceptionArm): number {
  return Number((BASE_RATE * settings[arm].factor).toPrecision(12));
}

export const armIds = Object.keys(settings) as readonly InceptionArm[];

export const inceptionArms: readonly Arm<InceptionArm>[] = armIds.map((id) => {
  const { normalized, activation, dropout } = settings[id];
  const [label, short] = LABELS[id];
  const unit = activation === "relu" ? "ReLU" : "sigmoid";
  return {
    id,
    label,
    short,
    description: `${unit} ${normalized ? "behind batch normalization" : "without normalization"}, ${dropout ? "dropout of 40 % before the last layer" : "no dropout"}, learning rate ${rateOf(id)}.`,
  };
});
